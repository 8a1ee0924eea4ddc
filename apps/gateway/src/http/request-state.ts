import type { Principal, UserView } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { Language } from '../messages/language';
import type { SurfaceName } from '../surfaces/surface-name';

/** What the gateway knows of a request under way. */
export interface RequestState {
  readonly requestId: string;
  /** W3C `traceparent` of this request's own span. */
  readonly traceparent: string;
  readonly surface: SurfaceName;
  readonly language: Language;
  principal?: Principal;
  user?: UserView;
  /** Exactly what came, before parsing; undefined where there was no body. */
  rawBody?: Buffer;
}

export interface HubRequest extends FastifyRequest {
  hub: RequestState;
}
