/** Found anywhere in a name, whatever its casing and separators. */
const SECRET_PARTS = [
  'accesskey',
  'apikey',
  'authkey',
  'authorization',
  'bearer',
  'connectionstring',
  'cookie',
  'credential',
  'encryptionkey',
  'functionskey',
  'hmac',
  'passphrase',
  'passwd',
  'password',
  'privatekey',
  'secret',
  'sessionid',
  'sharedkey',
  'signature',
  'signingkey',
  'subscriptionkey',
  'token',
];

/** Too short to be looked for inside other words. */
const SECRET_WORDS = new Set(['auth', 'dsn', 'jwt', 'otp', 'pass', 'pat', 'pwd', 'passcode']);

/** Last words of names that tell about a secret without being one: `token_url`, `signature_header`, `max_tokens`. */
const DESCRIBING = new Set([
  'algorithm',
  'at',
  'count',
  'enabled',
  'endpoint',
  'expires',
  'expiry',
  'field',
  'format',
  'header',
  'in',
  'length',
  'limit',
  'method',
  'name',
  'policy',
  'required',
  'scheme',
  'scope',
  'scopes',
  'ttl',
  'type',
  'uri',
  'url',
  'version',
]);
const COUNTING = new Set(['max', 'min', 'num', 'total']);

const LONGEST_NAME = 256;

/** Names are few and repeat, and looking one up costs a fraction of taking it apart. */
const judged = new Map<string, boolean>();
const MOST_JUDGED = 5_000;

/** Whether a field or header of that name holds a secret. In doubt it does. */
export function isSecretName(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const secret = judge(name);
  // Full means that callers invent names: the first ones, those of the hub itself, stay.
  if (judged.size < MOST_JUDGED && name.length <= LONGEST_NAME) judged.set(name, secret);
  return secret;
}

function judge(name: string): boolean {
  const words = splitWords(name.slice(0, LONGEST_NAME));
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return false;
  const joined = words.join('');
  const secret =
    SECRET_PARTS.some((part) => joined.includes(part)) || words.some((word) => SECRET_WORDS.has(word));
  return secret && !DESCRIBING.has(last) && !COUNTING.has(first);
}

function splitWords(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
