import type { SurfaceName } from './surface-name';

/** Where the paths of each surface start. S0 and S4 share theirs: a surface belongs to a controller, not to a path. */
export const SURFACE_BASE: Readonly<Record<SurfaceName, string>> = {
  'integration-service': '/api/v1',
  administration: '/api/v1/admin/integration',
  automation: '/api',
  'integration-management': '/integration-management',
  'code-review': '/api/v1',
};
