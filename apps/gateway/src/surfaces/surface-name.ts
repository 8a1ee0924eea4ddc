export const SURFACE_NAMES = [
  'integration-service',
  'administration',
  'automation',
  'integration-management',
  'code-review',
] as const;
export type SurfaceName = (typeof SURFACE_NAMES)[number];
