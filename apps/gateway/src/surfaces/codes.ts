import type { ErrorCode, ResourceKind } from '@signalbox/contracts';

export interface PublishedCode {
  readonly status: number;
  readonly code: string;
}

/** Status and published code of every error on one surface. */
export interface CodeTable {
  readonly codes: Readonly<Record<ErrorCode, PublishedCode>>;
  /** More precise where the error names what kind of thing it is about. */
  readonly ofResource?: Readonly<
    Partial<Record<ErrorCode, Readonly<Partial<Record<ResourceKind, PublishedCode>>>>>
  >;
}

export function publishedCode(table: CodeTable, code: ErrorCode, resource?: ResourceKind): PublishedCode {
  return (resource && table.ofResource?.[code]?.[resource]) ?? table.codes[code];
}

const at = (status: number, code: string): PublishedCode => ({ status, code });

/** S4's names; S1 uses them too. */
export const CODE_REVIEW_CODES: CodeTable = {
  codes: {
    VALIDATION_FAILED: at(400, 'VALIDATION_ERROR'),
    MALFORMED_BODY: at(400, 'VALIDATION_ERROR'),
    UNAUTHENTICATED: at(401, 'UNAUTHORIZED'),
    FORBIDDEN: at(403, 'FORBIDDEN'),
    NOT_FOUND: at(404, 'NOT_FOUND'),
    METHOD_NOT_ALLOWED: at(405, 'METHOD_NOT_ALLOWED'),
    CONFLICT: at(409, 'CONFLICT'),
    PAYLOAD_TOO_LARGE: at(413, 'PAYLOAD_TOO_LARGE'),
    UNSUPPORTED_MEDIA_TYPE: at(415, 'UNSUPPORTED_MEDIA_TYPE'),
    RATE_LIMITED: at(429, 'RATE_LIMITED'),
    RECEIVER_FAILED: at(502, 'PROVIDER_ERROR'),
    DATABASE_UNAVAILABLE: at(503, 'SERVICE_UNAVAILABLE'),
    CACHE_UNAVAILABLE: at(503, 'SERVICE_UNAVAILABLE'),
    SERVICE_UNAVAILABLE: at(503, 'SERVICE_UNAVAILABLE'),
    DEADLINE_EXCEEDED: at(504, 'SERVICE_UNAVAILABLE'),
    INTERNAL: at(500, 'INTERNAL_ERROR'),
  },
};

/** S3 publishes no codes, only statuses. */
export const INTEGRATION_MANAGEMENT_CODES: CodeTable = CODE_REVIEW_CODES;

const S2_RESOURCE_CONFLICT = at(409, 'RESOURCE_CONFLICT');

export const AUTOMATION_CODES: CodeTable = {
  codes: {
    ...CODE_REVIEW_CODES.codes,
    UNAUTHENTICATED: at(401, 'AUTHENTICATION_ERROR'),
    FORBIDDEN: at(403, 'PERMISSION_DENIED'),
    NOT_FOUND: at(404, 'RESOURCE_NOT_FOUND'),
    RATE_LIMITED: at(429, 'RATE_LIMIT_EXCEEDED'),
  },
  ofResource: {
    CONFLICT: {
      webhook: S2_RESOURCE_CONFLICT,
      delivery: S2_RESOURCE_CONFLICT,
      event_type: S2_RESOURCE_CONFLICT,
      user: S2_RESOURCE_CONFLICT,
      session: S2_RESOURCE_CONFLICT,
      plugin: S2_RESOURCE_CONFLICT,
      integration: S2_RESOURCE_CONFLICT,
      resource: S2_RESOURCE_CONFLICT,
    },
  },
};

export const INTEGRATION_SERVICE_CODES: CodeTable = {
  codes: {
    VALIDATION_FAILED: at(422, 'F40022'),
    MALFORMED_BODY: at(400, 'F40022'),
    UNAUTHENTICATED: at(401, 'F40001'),
    FORBIDDEN: at(403, 'F40003'),
    NOT_FOUND: at(404, 'F40004'),
    METHOD_NOT_ALLOWED: at(405, 'F40005'),
    CONFLICT: at(409, 'F40009'),
    PAYLOAD_TOO_LARGE: at(413, 'F40013'),
    UNSUPPORTED_MEDIA_TYPE: at(415, 'F40015'),
    RATE_LIMITED: at(429, 'F40029'),
    RECEIVER_FAILED: at(502, 'F42307'),
    DATABASE_UNAVAILABLE: at(503, 'F50401'),
    CACHE_UNAVAILABLE: at(503, 'F50402'),
    SERVICE_UNAVAILABLE: at(503, 'F50403'),
    DEADLINE_EXCEEDED: at(504, 'F50403'),
    INTERNAL: at(500, 'F50000'),
  },
  ofResource: {
    NOT_FOUND: {
      webhook: at(404, 'F42301'),
      plugin: at(404, 'F42302'),
      integration: at(404, 'F42303'),
    },
  },
};
