import type { ConnectorKind, InboundTopic, InboundSubject, IntegrationType } from '@signalbox/contracts';
import type { ConnectionResult, ConnectionSettings, ConnectorHttp } from './connection/connection';
import type { InboundDelivery } from './delivery/inbound-delivery';
import type { SignatureScheme } from './verify/verdict';

/** JSON Schema (draft 2020-12 or 7) of an object. Properties that hold secrets are `writeOnly`. */
export type ObjectSchema = Readonly<Record<string, unknown>> & {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/**
 * All that the hub knows of a provider. Lists, schemas, documentation and the conformance suite derive from it. What a
 * provider lacks is left out; nothing throws "not supported".
 */
export interface Connector {
  /** Natural key, part of URLs and never changed: lower-case words. Also the name of the connector's folder. */
  readonly id: string;
  /** As the provider writes it. */
  readonly title: string;
  readonly type: IntegrationType;
  readonly kind: ConnectorKind;
  /** Hosts by which a `base_url` is known to be this provider's; each stands for its subdomains too. */
  readonly hosts: readonly string[];
  /** Where the provider describes its API or its webhooks. */
  readonly documentation: string;
  readonly configuration: ObjectSchema;
  readonly credentials: ObjectSchema;
  /** Finds out whether the provider can be reached and takes the credentials. Changes nothing there, never throws. */
  readonly test?: (context: ConnectionContext) => Promise<ConnectionResult>;
  readonly webhook?: WebhookPart;
  /** What can be synchronised. */
  readonly streams?: readonly Stream[];
  /** What the hub can have done at the provider. */
  readonly actions?: readonly Action[];
}

/** What a connector needs for calling its provider. */
export interface ConnectionContext {
  readonly http: ConnectorHttp;
  readonly settings: ConnectionSettings;
  readonly signal?: AbortSignal;
}

/** How a provider's webhooks are received. */
export interface WebhookPart {
  readonly scheme: SignatureScheme;
  /** Headers of other providers, in lower case, that this one sends as well, signed as theirs are. */
  readonly alsoSigns?: readonly string[];
  /** Seconds after which the provider takes an unanswered delivery for lost; null where it does not say. */
  readonly answerWithinSeconds: number | null;
  /** For people: what a repeated delivery is known by. */
  readonly knownBy: string;
  /** For people: how to set the webhook up at the provider, a step each. */
  readonly setUp: readonly string[];
  /** For people: what is not to be expected. */
  readonly limits: readonly string[];
  /** The same whenever this delivery is sent again, null when nothing tells. Asked only of what is verified; never throws. */
  readonly deliveryId: (delivery: InboundDelivery) => string | null;
  /** What it tells about. Empty when the body cannot be understood. Asked only of what is verified; never throws. */
  readonly events: (delivery: InboundDelivery) => readonly EventFacts[];
  /**
   * Where one delivery may tell of many: what its body says of each of them, in the order of `events`. Asked also of a delivery to be
   * passed on: it looks into no number. Never throws.
   */
  readonly pieces?: (delivery: InboundDelivery) => readonly unknown[];
  /**
   * The answer to a verified request that is not about an event: it is answered at once and not stored.
   * Undefined for events.
   */
  readonly handshake?: (delivery: InboundDelivery) => HandshakeAnswer | undefined;
  /** The answer to a request that asks, before any secret is used, whether deliveries are welcome. */
  readonly preflight?: (delivery: InboundDelivery) => HandshakeAnswer | undefined;
  /** Sets the webhook up at the provider. */
  readonly hooks?: HookRegistrar;
}

export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One event of a delivery, as the provider tells it. What it does not tell is left out. */
export interface EventFacts {
  readonly event: string;
  readonly action?: string | null;
  readonly topic?: InboundTopic | null;
  /** ISO 8601 in UTC. */
  readonly occurredAt?: string | null;
  readonly subject?: InboundSubject | null;
  readonly repository?: string | null;
  readonly revision?: string | null;
}

export interface HookToRegister {
  /** Where the provider is to send to. */
  readonly url: string;
  /** Without meaning where the provider makes it. */
  readonly secret: string;
  /** As the provider names them; empty for all. */
  readonly events: readonly string[];
  readonly active: boolean;
}

export interface RegisteredHook {
  /** Of the provider. */
  readonly id: string;
  /** The secret that the provider made, where it takes none; null where it took the given one. */
  readonly secret: string | null;
}

/**
 * Keeps a webhook at the provider. Failures are thrown as `ConnectionError`, whose message holds nothing of the credentials
 * or the secret. Nothing is repeated: who calls decides what to try again.
 */
export interface HookRegistrar {
  /** The provider makes the secret, tells it once, when the hook is made, and takes no other. */
  readonly makesSecret: boolean;
  /** The provider takes a secret when the hook is made, and no other later. */
  readonly secretStays: boolean;
  /** For people: what the credentials must be allowed to do. */
  readonly permissions: string;
  /** For people: what is sent when no events are named. */
  readonly allEvents: string;
  /**
   * Where the hooks are kept. With settings that give another place a hook must be made there and removed here. Holds no secret.
   * @throws ConnectionError where a setting is missing
   */
  place(settings: ConnectionSettings): string;
  /**
   * Ids of the hooks that send to `url`, a bounded number of them: so those whose making nobody remembers are found again.
   */
  find(context: ConnectionContext, url: string): Promise<readonly string[]>;
  create(context: ConnectionContext, hook: HookToRegister): Promise<RegisteredHook>;
  /** False when the provider has no such hook any more, also where it had to go because its address cannot be changed. */
  update(context: ConnectionContext, hookId: string, hook: HookToRegister): Promise<boolean>;
  /** Does nothing when the provider has no such hook any more. Rejects where the credentials may only not see it. */
  remove(context: ConnectionContext, hookId: string): Promise<void>;
}

/** Records of one kind that a sync reads. */
export interface Stream {
  readonly name: string;
  readonly schema: ObjectSchema;
  /** Property that identifies a record. */
  readonly key: string;
  /** `incremental`: `read` goes on where a cursor says. `full`: every pass reads all. */
  readonly mode: 'incremental' | 'full';
  /**
   * Pages in the order of their cursors. The cursor of a page is stored with its records and includes ties: reading on
   * from it may give records again, and never leaves one out. Failures are thrown as `ConnectionError`.
   */
  read(context: ConnectionContext, cursor: string | null): AsyncIterable<StreamPage>;
}

export interface StreamPage {
  readonly records: readonly Readonly<Record<string, unknown>>[];
  readonly cursor: string | null;
}

/** Something that the provider does when asked, such as starting a build. */
export interface Action {
  readonly name: string;
  readonly input: ObjectSchema;
  /** Failures are thrown as `ConnectionError`. */
  run(
    context: ConnectionContext,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
}
