import { Injectable } from '@nestjs/common';
import type { Connector, ObjectSchema } from '@signalbox/connectors';
import { DomainError, INTEGRATION_LIMITS, type FieldProblem } from '@signalbox/contracts';
import { isMaskedWhole, OutboundClient } from '@signalbox/security';
import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import type { IntegrationSettings, Settings } from './settings-vault';

/** Where a connector finds the address that it calls. */
const ADDRESSES = ['base_url', 'api_url'] as const;

const TYPE_KEYS: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'whole',
  number: 'number',
  boolean: 'boolean',
  object: 'object',
  array: 'list',
};

/** Whether settings can be those of an integration of that connector. */
@Injectable()
export class SettingsCheck {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  private readonly compiled = new Map<ObjectSchema, ValidateFunction>();

  constructor(private readonly outbound: OutboundClient) {}

  /**
   * What is missing is no fault: the connection test tells of it, and the rest may be given later.
   * @throws DomainError VALIDATION_FAILED naming every field
   */
  check(connector: Connector, { configuration, credentials }: Partial<IntegrationSettings>): void {
    const problems = [
      ...this.problems('configuration', connector.configuration, configuration),
      ...this.problems('credentials', connector.credentials, credentials),
      ...this.addressProblems(configuration ?? {}),
    ];
    if (problems.length > 0) throw DomainError.invalid(...problems);
  }

  private problems(field: string, schema: ObjectSchema, settings: Settings | undefined): FieldProblem[] {
    if (settings === undefined) return [];
    if (Object.keys(settings).length > INTEGRATION_LIMITS.entries)
      return [{ field, key: 'max_items', params: { max: INTEGRATION_LIMITS.entries } }];
    if (JSON.stringify(settings).length > INTEGRATION_LIMITS.settings)
      return [{ field, key: 'max_length', params: { max: INTEGRATION_LIMITS.settings } }];
    // What cannot be shown whole would be cut when it is sent back as it is shown.
    if (!isMaskedWhole(settings)) return [{ field, key: 'field.schema_too_large' }];
    const validate = this.validatorOf(schema);
    if (validate(settings)) return [];
    return (validate.errors ?? []).map((error) => problemOf(field, error));
  }

  private addressProblems(configuration: Settings): FieldProblem[] {
    return ADDRESSES.flatMap((name) => {
      const url = configuration[name];
      const refused =
        typeof url === 'string' && url.trim() !== '' ? this.outbound.checkUrl(url.trim()) : null;
      return refused === null ? [] : [{ field: `configuration.${name}`, key: `field.url_${refused}` }];
    });
  }

  private validatorOf(schema: ObjectSchema): ValidateFunction {
    const known = this.compiled.get(schema);
    if (known) return known;
    const made = this.ajv.compile({ ...schema, required: [] });
    this.compiled.set(schema, made);
    return made;
  }
}

/** Whether what is called is at an address that was not the one before. */
export function leadsElsewhere(before: Settings, after: Settings): boolean {
  const [was, is] = [before, after].map(originOf);
  return is !== null && is !== was;
}

/** What is called; null for the provider's own address. */
export function originOf(configuration: Settings): string | null {
  for (const name of ADDRESSES) {
    const url = configuration[name];
    if (typeof url === 'string' && url.trim() !== '')
      return URL.canParse(url) ? new URL(url).origin : url.trim();
  }
  return null;
}

function problemOf(field: string, { instancePath, keyword, params }: ErrorObject): FieldProblem {
  const path = [field, ...instancePath.split('/').slice(1)].join('.');
  const { limit, type, allowedValues } = params as {
    limit?: number;
    type?: string;
    allowedValues?: unknown[];
  };
  switch (keyword) {
    case 'type':
      return { field: path, key: TYPE_KEYS[type ?? ''] ?? 'invalid' };
    case 'minLength':
      return { field: path, key: 'min_length', params: { min: limit ?? 1 } };
    case 'maxLength':
      return { field: path, key: 'max_length', params: { max: limit ?? 0 } };
    case 'enum':
      return { field: path, key: 'one_of', params: { values: (allowedValues ?? []).map(String).join(', ') } };
    case 'pattern':
      return { field: path, key: 'pattern' };
    default:
      return { field: path, key: 'invalid' };
  }
}
