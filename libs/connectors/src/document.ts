import type { Connector, HookRegistrar, ObjectSchema, WebhookPart } from './connector';
import { CONNECTORS } from './registry';

const GENERATED = 'Generated from libs/connectors/src/providers by `npm run docs:providers`';

const INTRODUCTION = `Every delivery is verified over its raw bytes before anything else is done with it. Several secrets are accepted while a rotation
overlaps; an empty one never is. A delivery that comes again is known by what its provider gives for that, and stored once.

Where the provider signs the time of sending, a delivery that is older than the tolerance (or as far ahead) is refused. Where it does not, an old one
that somebody repeats is known by its id only.

An endpoint is at \`POST /integration-management/webhooks/receive/<path>\`. Its \`signature_header\` decides how it verifies: the header of one of these
providers, or any other for HMAC-SHA256 of the body.

"Answered within" is how long the provider waits before it takes a delivery for lost, where it says so. "Set up by the hub": with
[\`register\`](receiving.md#set-up-by-the-hub) the hub keeps the webhook at the provider itself.`;

/** The page about the providers, in Markdown. */
export function renderProviders(): string {
  return `${[
    '# Providers',
    `<!-- ${GENERATED}. -->`,
    INTRODUCTION,
    overview(),
    ...CONNECTORS.map(section),
  ].join('\n\n')}\n`;
}

function overview(): string {
  return [
    '| | Proof | Body is signed | Tolerance | Known again by | Answered within | Set up by the hub |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...CONNECTORS.map(({ id, title, webhook }) => {
      const cells = webhook === undefined ? ['', '', '', '', '', ''] : overviewCells(webhook);
      return `| [${title}](#${id}) | ${cells.map(cell).join(' | ')} |`;
    }),
  ].join('\n');
}

function overviewCells({ scheme, knownBy, answerWithinSeconds, hooks }: WebhookPart): string[] {
  return [
    proofOf(scheme.headers),
    scheme.proves === 'body' ? 'yes' : 'no',
    scheme.toleranceSeconds === null ? 'none' : `${scheme.toleranceSeconds} s`,
    knownBy,
    answerWithinSeconds === null ? '' : `${answerWithinSeconds} s`,
    hooks === undefined ? '' : 'yes',
  ];
}

function proofOf([header]: readonly string[]): string {
  return header === undefined ? '`Authorization` or `?token=`' : `\`${header}\``;
}

function section(connector: Connector): string {
  const { id, title, type, documentation, webhook, test } = connector;
  return [
    `<a id="${id}"></a>`,
    `## ${title}`,
    `\`${id}\`, type \`${type}\`. [Its documentation](${documentation}).`,
    ...(webhook === undefined ? [] : webhookParts(webhook)),
    ...settingsTable(connector),
    `Connection test: ${test === undefined ? 'none; there is nothing to connect to' : 'yes'}.`,
  ].join('\n\n');
}

function webhookParts({ scheme, setUp, limits, handshake, preflight, hooks }: WebhookPart): string[] {
  const answered = [
    ...(handshake === undefined
      ? []
      : ["the provider's check of the address, once its signature is verified"]),
    ...(preflight === undefined
      ? []
      : ['the question whether deliveries are welcome, asked before any is sent']),
  ];
  return [
    `**Proof**: ${scheme.summary}.`,
    ...(answered.length === 0 ? [] : [`**Answered by the hub**: ${answered.join('; ')}.`]),
    ['**Set-up**', '', ...setUp.map((step, i) => `${i + 1}. ${step}`)].join('\n'),
    ...(hooks === undefined ? [] : [hooksPart(hooks)]),
    ['**Limits**', '', ...limits.map((limit) => `- ${limit}`)].join('\n'),
  ];
}

function hooksPart({ permissions, allEvents, makesSecret }: HookRegistrar): string {
  return [
    '**Set up by the hub**',
    '',
    `- The credentials need: ${permissions}.`,
    `- Without \`events\`: ${allEvents}.`,
    ...(makesSecret
      ? ['- The provider makes the secret, and the hub keeps it: it cannot be chosen or rotated here.']
      : []),
  ].join('\n');
}

function settingsTable({ configuration, credentials }: Connector): string[] {
  const rows = [...rowsOf('configuration', configuration), ...rowsOf('credentials', credentials)];
  return rows.length === 0
    ? []
    : [['| Setting | | Needed | Default |', '| --- | --- | --- | --- |', ...rows].join('\n')];
}

function rowsOf(part: string, { properties, required }: ObjectSchema): string[] {
  const needed = Array.isArray(required) ? (required as readonly string[]) : [];
  return Object.entries(properties).map(([name, { title, default: otherwise }]) => {
    const value = typeof otherwise === 'string' ? `\`${otherwise}\`` : '';
    return `| \`${part}.${name}\` | ${cell(String(title))} | ${needed.includes(name) ? 'yes' : ''} | ${value} |`;
  });
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
