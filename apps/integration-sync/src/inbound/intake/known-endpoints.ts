import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { connectorById, connectorFor, receiverFor, type ReceivingConnector } from '@signalbox/connectors';
import { type InboundTarget, inboundEndpointsChanged } from '@signalbox/contracts';
import { Notices } from '@signalbox/rpc';
import { AddressRanges, SecretBox } from '@signalbox/security';
import type { Logger } from 'pino';
import { SettingsVault } from '../../integrations/settings-vault';
import { LOG } from '../../parts.module';
import {
  EndpointsRepository,
  type ReceivingRow,
  type ReceivingRowOfProvider,
} from '../endpoints/endpoints.repository';
import { goodSecrets } from '../endpoints/sealing';
import { validate as isUuid } from 'uuid';

/** Whatever became of the notice, a change holds after so long. */
const BELIEVED_MS = 5_000;
/** As many again of which there is none. */
const REMEMBERED = 10_000;
/** Endpoints that a provider's common address tries. */
const CANDIDATES = 100;

/** An endpoint with everything that a delivery is held against. */
export interface ReceivingEndpoint {
  readonly id: string;
  readonly receiver: ReceivingConnector;
  readonly verifies: boolean;
  /** Which its integration is for, `owner/name` or `owner` for all of its, in lower case; null for any, and at a path of its own. */
  readonly repository: string | null;
  readonly rateLimit: number | null;
  readonly allowedIps: readonly string[];
  admits(address: string): boolean;
  /** Newest first. */
  secretsAt(now: number): readonly string[];
}

interface Entry {
  readonly at: number;
  readonly endpoints: Promise<readonly ReceivingEndpoint[]>;
}

/** The endpoints that were sent to lately, so that a delivery costs one statement: the one that stores it. */
@Injectable()
export class KnownEndpoints implements OnModuleInit {
  private readonly entries = new Map<string, Entry>();
  /** Apart, so that whoever guesses cannot crowd out those who know; also what is being looked up. */
  private readonly missing = new Map<string, Entry>();

  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly box: SecretBox,
    private readonly vault: SettingsVault,
    private readonly notices: Notices,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    this.notices.onReconnect(() => {
      for (const known of [this.entries, this.missing]) known.clear();
    });
    await this.notices.listen(inboundEndpointsChanged, ({ paths }) => this.forget(...paths));
  }

  /** Those that may have been meant, none where there is none. */
  async at(target: InboundTarget): Promise<readonly ReceivingEndpoint[]> {
    if ('path' in target) {
      return await this.known(`path ${target.path}`, async () => {
        const row = await this.endpoints.receivingAt(target.path);
        return row === undefined ? [] : [row];
      });
    }
    const { provider, id } = target;
    if (connectorById(provider) === undefined || (id !== null && !isUuid(id))) return [];
    return await this.known(`provider ${provider} ${id ?? ''}`, () =>
      this.endpoints.receivingFrom(provider, id, CANDIDATES),
    );
  }

  /** Whatever is known of it. */
  lookUp(path: string): Promise<readonly ReceivingEndpoint[]> {
    this.drop(`path ${path}`);
    return this.at({ path });
  }

  /** From now on they are looked up again. */
  forget(...paths: readonly string[]): void {
    for (const path of paths) this.drop(`path ${path}`);
    for (const known of [this.entries, this.missing]) {
      for (const key of known.keys()) if (key.startsWith('provider ')) known.delete(key);
    }
  }

  private known(
    key: string,
    find: () => Promise<readonly (ReceivingRow | ReceivingRowOfProvider)[]>,
  ): Promise<readonly ReceivingEndpoint[]> {
    const now = performance.now();
    const entry = this.entries.get(key) ?? this.missing.get(key);
    if (entry && now - entry.at < BELIEVED_MS) return entry.endpoints;
    const endpoints = find().then((rows) => this.openAll(rows));
    const fresh: Entry = { at: now, endpoints };
    this.drop(key);
    remember(this.missing, key, fresh);
    endpoints.then(
      ({ length }) => {
        if (length === 0 || this.missing.get(key) !== fresh) return;
        this.missing.delete(key);
        remember(this.entries, key, fresh);
      },
      () => {
        if (this.missing.get(key) === fresh) this.missing.delete(key);
      },
    );
    return endpoints;
  }

  private drop(key: string): void {
    this.entries.delete(key);
    this.missing.delete(key);
  }

  /** One that cannot be opened must not keep what is sent to the others from being stored. @throws where it is the only one */
  private openAll(rows: readonly (ReceivingRow | ReceivingRowOfProvider)[]): ReceivingEndpoint[] {
    const opened: ReceivingEndpoint[] = [];
    let failure: Error | undefined;
    for (const row of rows) {
      try {
        opened.push(this.open(row));
      } catch (error) {
        failure = error as Error;
        this.log.error({ err: error, endpoint: row.id }, 'A webhook endpoint cannot be opened');
      }
    }
    if (opened.length === 0 && failure) throw failure;
    return opened;
  }

  private open(row: ReceivingRow | ReceivingRowOfProvider): ReceivingEndpoint {
    const ranges = new AddressRanges(row.allowed_ips);
    const secrets = goodSecrets(
      this.box,
      {
        id: row.id,
        secret: row.secret,
        previousSecret: row.previous_secret,
        previousUntil: row.previous_until,
      },
      Date.now(),
    );
    return {
      id: row.id,
      receiver: receiverFor(connectorFor({ name: row.provider, configuration: {} }), row.signature_header),
      verifies: row.verify_signature,
      repository: 'configuration' in row ? this.repositoryOf(row) : null,
      rateLimit: row.rate_limit,
      allowedIps: row.allowed_ips,
      admits: (address) => ranges.empty || ranges.contains(address),
      secretsAt: (now) => secrets.filter(({ until }) => until > now).map(({ secret }) => secret),
    };
  }

  private repositoryOf({
    integration_id,
    data_key,
    version,
    configuration,
  }: ReceivingRowOfProvider): string | null {
    const opened = this.vault.openConfiguration({
      integrationId: integration_id,
      version,
      dataKey: data_key,
      configuration,
    });
    const { repository } = opened;
    const name = typeof repository === 'string' ? repository.trim().replace(/^\/|\/$/g, '') : '';
    return name === '' ? null : name.toLowerCase();
  }
}

function remember(known: Map<string, Entry>, key: string, entry: Entry): void {
  known.set(key, entry);
  // Only then: finding the first steps over all that were deleted before it.
  if (known.size <= REMEMBERED) return;
  const oldest = known.keys().next();
  if (!oldest.done) known.delete(oldest.value);
}
