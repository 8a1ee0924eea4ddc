import type { IntegrationType } from '@signalbox/contracts';
import type { Connector, WebhookPart } from './connector';
import { azureDevops } from './providers/azure_devops/connector';
import { bitbucket } from './providers/bitbucket/connector';
import { discord } from './providers/discord/connector';
import { docker } from './providers/docker/connector';
import { generic, genericWebhook } from './providers/generic/connector';
import { gitea } from './providers/gitea/connector';
import { github } from './providers/github/connector';
import { gitlab } from './providers/gitlab/connector';
import { jenkins } from './providers/jenkins/connector';
import { jira } from './providers/jira/connector';
import { kubernetes } from './providers/kubernetes/connector';
import { linear } from './providers/linear/connector';
import { pagerduty } from './providers/pagerduty/connector';
import { sendgrid } from './providers/sendgrid/connector';
import { shopify } from './providers/shopify/connector';
import { slack } from './providers/slack/connector';
import { standardWebhooks } from './providers/standard-webhooks/connector';
import { stripe } from './providers/stripe/connector';
import { trello } from './providers/trello/connector';
import { twilio } from './providers/twilio/connector';

export type ReceivingConnector = Connector & { readonly webhook: WebhookPart };

/** All of them, in the order in which they are listed and asked. A new one is a folder and a line here. */
export const CONNECTORS: readonly Connector[] = [
  // Before GitHub, whose header names it sends too.
  gitea,
  github,
  gitlab,
  bitbucket,
  azureDevops,
  jira,
  trello,
  linear,
  slack,
  discord,
  jenkins,
  docker,
  kubernetes,
  pagerduty,
  stripe,
  shopify,
  twilio,
  sendgrid,
  standardWebhooks,
  generic,
];

const byId = new Map(CONNECTORS.map((connector) => [connector.id, connector]));

export function connectorById(id: string): Connector | undefined {
  return byId.get(id);
}

export interface IntegrationHints {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** The connector of an integration: by `provider`, else by the host of `base_url`, else by a word of its name, else the generic one. */
export function connectorFor({ name, configuration }: IntegrationHints): Connector {
  return (
    byName(textOf(configuration, 'provider')) ??
    byHost(textOf(configuration, 'base_url') ?? textOf(configuration, 'api_url')) ??
    byName(name) ??
    generic
  );
}

/** The connectors whose integrations are of that type. */
export function connectorsOfType(type: IntegrationType): readonly Connector[] {
  return CONNECTORS.filter((connector) => connector.type === type);
}

/**
 * Who receives for an endpoint of an integration, by its `signature_header`: the integration's connector when the header is
 * its own or none is named, else the connector whose own header it is, unless the integration's sends that too. Then, under
 * `webhook-signature`, which anybody may use, and under a header of nobody's the integration's connector still says what was sent,
 * and the header's owner, Standard Webhooks, or HMAC-SHA256 of the body in that header, who did. Standard Webhooks also says what
 * a repeated delivery is known by: its id is signed. Who verifies with a public key does so under each header of nobody's.
 */
export function receiverFor(connector: Connector, signatureHeader: string | null): ReceivingConnector {
  const own = receives(connector) ? connector : generic;
  const wanted = signatureHeader?.toLowerCase() ?? null;
  if (signatureHeader === null || wanted === proofHeader(own)) return own;
  const owner = CONNECTORS.filter(receives).find(
    (one) => !SHARED_HEADERS.has(proofHeader(one)) && proofHeader(one) === wanted,
  );
  if (owner !== undefined && !own.webhook.alsoSigns?.includes(proofHeader(owner))) return owner;
  // Its public key is no secret that anything could be signed with.
  if (owner === undefined && own.webhook.scheme.secret === 'public_key') return own;
  const standard = wanted === STANDARD_HEADER;
  const signed = owner ?? (standard ? standardWebhooks : genericReceiver(signatureHeader));
  if (own === generic) return signed;
  const { scheme, deliveryId } = signed.webhook;
  return { ...own, webhook: { ...own.webhook, scheme, ...(standard && { deliveryId }) } };
}

const STANDARD_HEADER = 'webhook-signature';
const TOKEN_HEADER = 'authorization';
/** They do not tell who sends. */
const SHARED_HEADERS = new Set([STANDARD_HEADER, TOKEN_HEADER]);

function genericReceiver(header: string): ReceivingConnector {
  return { ...generic, webhook: genericWebhook(header) };
}

function receives(connector: Connector): connector is ReceivingConnector {
  return connector.webhook !== undefined;
}

function proofHeader({ webhook }: ReceivingConnector): string {
  return webhook.scheme.headers[0]?.toLowerCase() ?? TOKEN_HEADER;
}

function textOf(configuration: IntegrationHints['configuration'], name: string): string | undefined {
  const value = Object.hasOwn(configuration, name) ? configuration[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function byHost(url: string | undefined): Connector | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const host = `.${new URL(url).hostname}`;
  return CONNECTORS.find(({ hosts }) => hosts.some((known) => host.endsWith(`.${known}`)));
}

/** By its id or its title, written in any way, as a run of words in the text. */
function byName(text: string | undefined): Connector | undefined {
  if (text === undefined) return undefined;
  const words = ` ${wordsOf(text)} `;
  return CONNECTORS.find(
    ({ id, title }) =>
      words.includes(` ${wordsOf(id)} `) ||
      title.split(' and ').some((one) => words.includes(` ${wordsOf(one)} `)),
  );
}

function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .join(' ');
}
