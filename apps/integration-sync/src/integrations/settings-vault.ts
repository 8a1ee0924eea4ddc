import { Injectable } from '@nestjs/common';
import { Envelope, SecretBox } from '@signalbox/security';
import type { IntegrationVersionEntity } from './integration-version.entity';

export type Settings = Readonly<Record<string, unknown>>;

/** What an integration is set up with. */
export interface IntegrationSettings {
  readonly configuration: Settings;
  readonly credentials: Settings;
}

type Row = Pick<IntegrationVersionEntity, 'integrationId' | 'version'>;
type Sealed = Pick<IntegrationVersionEntity, 'dataKey' | 'configuration' | 'credentials'>;

/** What the sealed columns of a version are bound to. */
export const versionRow = (integrationId: string, version: number): string =>
  `integration_versions:${integrationId}:${version}`;

/** Seals and opens the settings of integrations: nobody else sees their keys. */
@Injectable()
export class SettingsVault {
  private readonly envelope: Envelope;

  constructor(box: SecretBox) {
    this.envelope = new Envelope(box);
  }

  seal({ integrationId, version }: Row, { configuration, credentials }: IntegrationSettings): Sealed {
    const { dataKey, columns } = this.envelope.seal(
      { configuration: JSON.stringify(configuration), credentials: JSON.stringify(credentials) },
      versionRow(integrationId, version),
    );
    return { dataKey, ...columns };
  }

  open({ configuration, credentials, ...row }: Row & Sealed): IntegrationSettings {
    const opened = this.envelope.open(
      { dataKey: row.dataKey, columns: { configuration, credentials } },
      versionRow(row.integrationId, row.version),
    );
    return {
      configuration: JSON.parse(opened.configuration) as Settings,
      credentials: JSON.parse(opened.credentials) as Settings,
    };
  }

  /** Leaves the credentials sealed. */
  openConfiguration({ configuration, ...row }: Row & Omit<Sealed, 'credentials'>): Settings {
    const opened = this.envelope.open(
      { dataKey: row.dataKey, columns: { configuration } },
      versionRow(row.integrationId, row.version),
    );
    return JSON.parse(opened.configuration) as Settings;
  }
}
