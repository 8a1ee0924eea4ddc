/**
 * Connectors: all that the hub knows of the systems around it. Pure TypeScript: no HTTP server, no database, no Nest.
 *
 * A provider is a folder in `providers/` that declares a {@link Connector}: what settings it takes, how its connection
 * is tested, how its webhooks are verified and what they tell. What it lacks it does not declare. Lists, schemas, the
 * page `docs/providers.md` and the conformance suite derive from the declaration.
 *
 * **Receiving** a delivery, in this order:
 *
 * ```ts
 * const receiver = receiverFor(connector, endpoint.signature_header);
 * const delivery = new InboundDelivery({ method, url, headers: InboundHeaders.fromRaw(rawHeaders), body });
 * const welcome = receiver.webhook.preflight?.(delivery); // answered as it is, for OPTIONS alone
 * const verdict = receiver.webhook.scheme.verify(delivery, { secrets, nowSeconds });
 * if (!verdict.verified) refuse(verdict.reason);
 * const answer = receiver.webhook.handshake?.(delivery); // answered as it is, stored by nobody
 * const events = normalise(receiver, delivery, receivedAt); // events[0].delivery_id is what duplicates are known by
 * ```
 *
 * - `url` is the public address as the provider called it, query included: Twilio signs it, and providers that cannot
 *   sign have their token in it. So it is not for logs.
 * - `body` are the raw bytes. Nothing is verified over anything that was parsed and written again.
 * - Verifying, naming and normalising never throw, whatever was sent, and look at a bounded part of it. No text of a
 *   payload becomes a regular expression, a path or a key of an object.
 * - An empty secret verifies nothing. Every comparison with something secret is `constantTimeEqual` of
 *   `@signalbox/security`.
 *
 * **Calling** a provider is done over an injected {@link ConnectorHttp}; its failures are {@link ConnectionError}s, whose
 * messages hold nothing of the credentials.
 *
 * **Adding a provider**: a folder with `connector.ts` and `fixtures-for-spec.ts`, a line in `registry.ts`, its word in
 * `INBOUND_FAMILIES` of `@signalbox/contracts`, then `npm run docs:providers`. The conformance suite finds it by itself.
 *
 * @packageDocumentation
 */
export {
  ConnectionError,
  ConnectionSettings,
  type ConnectionFailure,
  type ConnectionResult,
  type ConnectorHttp,
  type ConnectorRequest,
  type ConnectorResponse,
} from './connection/connection';
export type {
  Action,
  ConnectionContext,
  Connector,
  EventFacts,
  HandshakeAnswer,
  HookRegistrar,
  HookToRegister,
  ObjectSchema,
  RegisteredHook,
  Stream,
  StreamPage,
  WebhookPart,
} from './connector';
export { InboundDelivery, type InboundRequest } from './delivery/inbound-delivery';
export { InboundHeaders } from './delivery/inbound-headers';
export { toCloudEvent, type CloudEvent, type CloudEventOptions } from './events/cloud-event';
export { eventName, normalise, outboundEventType, payloads } from './events/normalise';
export {
  connectorById,
  connectorFor,
  CONNECTORS,
  connectorsOfType,
  receiverFor,
  type IntegrationHints,
  type ReceivingConnector,
} from './registry';
export type { Refusal, SignatureScheme, Verdict, VerifyContext } from './verify/verdict';
