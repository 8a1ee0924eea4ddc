import type { NormalizedEvent } from '../integrations/inbound-event';
import type { PageRequest } from '../page';

export const INBOUND_LIMITS = {
  name: 255,
  description: 2_000,
  /** Shorter ones can be guessed by trying. */
  secretMin: 8,
  /** A provider's public key must fit. */
  secretMax: 1_024,
  addresses: 100,
  /** Deliveries a minute. */
  rate: 1_000_000,
  rules: 20,
  patterns: 20,
  /** Events that a hook at a provider is made for. */
  hookEvents: 200,
  hookEvent: 128,
  /** Seconds that an old secret may be good for after a rotation. */
  overlap: 7 * 24 * 3600,
} as const;

/** Letters, digits and `-._~`, which need no escaping in a URL; not dots alone, which would mean another path. */
export const INBOUND_PATH = /^(?!\.+$)[A-Za-z0-9._~-]{1,128}$/;

/** Methods that ask whether deliveries are welcome: whoever does need not prove who he is. */
export const INBOUND_ASKING: ReadonlySet<string> = new Set(['OPTIONS', 'HEAD']);
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/**
 * `pending` until it is processed; `ignored` where nobody wanted it, or where it was one of the hub's own; `failed` after the last
 * attempt: a dead letter until somebody replays it.
 */
export const INBOUND_STATUSES = ['pending', 'processed', 'failed', 'ignored'] as const;
export type InboundStatus = (typeof INBOUND_STATUSES)[number];

export const FORWARD_FORMATS = ['normalized', 'cloudevents'] as const;
export type ForwardFormat = (typeof FORWARD_FORMATS)[number];

/** What becomes of events. Where several rules match, all of them hold. */
export interface InboundRule {
  /** Patterns over the event’s own type, `github.pull_request.opened`: exact, `github.pull_request.*` or `*`. */
  readonly events: readonly string[];
  /** To whom they go. */
  readonly to: 'webhooks';
  /** The type under which they are published; null for their own. */
  readonly event_type: string | null;
  readonly format: ForwardFormat;
  /** Whether what the provider sent goes along. */
  readonly include_payload: boolean;
}

/** Of an endpoint that says nothing of rules: everything goes out under its own type. */
export const DEFAULT_RULES: readonly InboundRule[] = [
  { events: ['*'], to: 'webhooks', event_type: null, format: 'normalized', include_payload: false },
];

/** A webhook that the hub itself sets up at the provider. */
export interface HookWish {
  /** As the provider names them; empty for what it sends without being told. */
  readonly events: readonly string[];
}

export const HOOK_STATUSES = ['none', 'pending', 'registered', 'failed'] as const;
/** `pending` while something is still to be told to the provider; `failed` once nothing more is tried by itself. */
export type HookStatus = (typeof HOOK_STATUSES)[number];

export interface HookView {
  readonly status: HookStatus;
  readonly events: readonly string[];
  /** Of the provider. */
  readonly hook_id: string | null;
  /** What went wrong last, for people, in English. Holds nothing that is secret. */
  readonly error: string | null;
  readonly updated_at: string | null;
}

export interface InboundEndpointInput {
  readonly integration_id: string;
  readonly name: string;
  readonly description?: string | null;
  /** Made where none is given. */
  readonly path?: string;
  /** Made where none is given. */
  readonly secret?: string;
  readonly active?: boolean;
  readonly verify_signature?: boolean;
  readonly signature_header?: string;
  /** Addresses and CIDR ranges; none for everywhere. */
  readonly allowed_ips?: readonly string[];
  /** Deliveries a minute; null for the published limit. */
  readonly rate_limit?: number | null;
  readonly rules?: readonly InboundRule[];
  /** To be set up at the provider; null for not (any more). */
  readonly register?: HookWish | null;
}

/** What is left out stays as it is. */
export interface InboundEndpointChanges extends Partial<Omit<InboundEndpointInput, 'integration_id'>> {
  /** How long the old secret stays good where another is given; 0 without it. */
  readonly overlap_seconds?: number;
}

export interface InboundEndpointFilter {
  readonly integration_id?: string;
  readonly active?: boolean;
}

/** Never holds the secret. */
export interface InboundEndpointView {
  readonly id: string;
  readonly integration_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly path: string;
  readonly active: boolean;
  readonly verify_signature: boolean;
  readonly signature_header: string;
  readonly allowed_ips: readonly string[];
  readonly rate_limit: number | null;
  readonly rules: readonly InboundRule[];
  /** Until when the secret before the last rotation is good; null where it is not. */
  readonly previous_secret_until: string | null;
  readonly registration: HookView;
  readonly created_at: string;
  readonly updated_at: string;
}

/** More endpoints than that are not listed at once. */
export const INBOUND_ENDPOINTS_LISTED = 1_000;

/** What must be known of an endpoint before a delivery to it is counted. */
export interface InboundDoor {
  readonly endpoint_id: string;
  readonly rate_limit: number | null;
  readonly allowed_ips: readonly string[];
}

/** `id`: of an endpoint or an integration of that provider; null for whichever has the secret that the delivery was signed with. */
export type InboundTarget =
  { readonly path: string } | { readonly provider: string; readonly id: string | null };

/** A request of a provider as it came. */
export interface InboundRequestInput {
  readonly target: InboundTarget;
  readonly method: string;
  /** As the provider called it: public origin, path and query. */
  readonly url: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** The bytes of the body, any content encoding undone. */
  readonly body: Buffer;
}

export type InboundAnswer =
  | {
      readonly outcome: 'stored' | 'duplicate';
      /** On disk. */
      readonly event_id: string;
      /** `pull_request.opened` */
      readonly event_type: string;
    }
  /** It was about no event: the provider gets exactly this. */
  | {
      readonly outcome: 'handshake';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

export interface InboundEventFilter extends PageRequest {
  readonly endpoint_id: string;
  readonly status?: InboundStatus;
  /** The event’s own type, or the beginning of it: `github.pull_request`. */
  readonly event_type?: string;
}

export interface InboundEventView {
  readonly id: string;
  readonly endpoint_id: string;
  /** Id of the connector. */
  readonly provider: string;
  /** What a repeated delivery is known by. */
  readonly delivery_id: string | null;
  /** `github.pull_request.opened`: of the first, where the delivery told of several. */
  readonly event_type: string;
  readonly event: string;
  readonly action: string | null;
  /** Events that the delivery told of. */
  readonly parts: number;
  readonly status: InboundStatus;
  /** Why it failed or was ignored. */
  readonly reason: string | null;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly received_at: string;
  readonly processed_at: string | null;
}

/** With what was received. What proves who sent it is masked. */
export interface InboundEventRawView extends InboundEventView {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body_encoding: 'utf8' | 'base64';
  readonly body: string;
  /** At most the first hundred. */
  readonly normalized: readonly NormalizedEvent[];
}

/** Something came in. Told once it is processed; whoever needs every one of them reads `inbound-events.list` too. */
export interface InboundEvent {
  readonly id: string;
  readonly endpoint_id: string;
  readonly integration_id: string;
  readonly project_id: string | null;
  /** The first ones. */
  readonly events: readonly NormalizedEvent[];
  /** How many there are. */
  readonly parts: number;
}
