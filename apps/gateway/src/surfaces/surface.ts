import type { Language } from '../messages/language';
import {
  AUTOMATION_CODES,
  CODE_REVIEW_CODES,
  INTEGRATION_MANAGEMENT_CODES,
  INTEGRATION_SERVICE_CODES,
  type CodeTable,
} from './codes';
import { automationEnvelope } from './envelopes/automation';
import type { Envelope } from './envelopes/envelope';
import { integrationManagementEnvelope } from './envelopes/integration-management';
import { integrationServiceEnvelope } from './envelopes/integration-service';
import { successDataEnvelope } from './envelopes/success-data';
import { SURFACE_BASE } from './surface-base';
import type { SurfaceName } from './surface-name';

export { SURFACE_BASE } from './surface-base';
export { SURFACE_NAMES, type SurfaceName } from './surface-name';

/** One face of the hub: everything in which it differs from the others, apart from its controllers. */
export interface Surface {
  readonly name: SurfaceName;
  /** Its number in the published contracts. */
  readonly id: 'S0' | 'S1' | 'S2' | 'S3' | 'S4';
  readonly title: string;
  readonly base: string;
  /** Success, list and error shapes. */
  readonly envelope: Envelope;
  /** Status (validation failures among them) and published code of every error. */
  readonly errors: CodeTable;
  /** Spoken where `Accept-Language` asks for none. */
  readonly language: Language;
}

export const SURFACES: Readonly<Record<SurfaceName, Surface>> = {
  'integration-service': {
    name: 'integration-service',
    id: 'S0',
    title: 'Integration service',
    base: SURFACE_BASE['integration-service'],
    envelope: integrationServiceEnvelope,
    errors: INTEGRATION_SERVICE_CODES,
    language: 'zh-TW',
  },
  administration: {
    name: 'administration',
    id: 'S1',
    title: 'Administration',
    base: SURFACE_BASE.administration,
    envelope: successDataEnvelope,
    errors: CODE_REVIEW_CODES,
    language: 'en',
  },
  automation: {
    name: 'automation',
    id: 'S2',
    title: 'Automation',
    base: SURFACE_BASE.automation,
    envelope: automationEnvelope,
    errors: AUTOMATION_CODES,
    language: 'en',
  },
  'integration-management': {
    name: 'integration-management',
    id: 'S3',
    title: 'Integration management',
    base: SURFACE_BASE['integration-management'],
    envelope: integrationManagementEnvelope,
    errors: INTEGRATION_MANAGEMENT_CODES,
    language: 'en',
  },
  'code-review': {
    name: 'code-review',
    id: 'S4',
    title: 'Code review',
    base: SURFACE_BASE['code-review'],
    envelope: successDataEnvelope,
    errors: CODE_REVIEW_CODES,
    language: 'zh-CN',
  },
};

const under = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);

/** The surface that answers for a path which no controller serves. */
export function surfaceOfUnknownPath(path: string): Surface {
  if (under(path, '/integration-management')) return SURFACES['integration-management'];
  if (under(path, '/api') && !under(path, '/api/v1')) return SURFACES.automation;
  return SURFACES['code-review'];
}
