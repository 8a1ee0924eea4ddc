/** The few calls of the hub that the demo makes. */

const ANSWERS_WITHIN_MS = 15_000;

/** The hub was asked and said no. */
export class Refused extends Error {
  constructor(what, status, answer) {
    super(`${what} answered ${status}: ${answer}`);
    this.status = status;
  }
}

/** Signed in as the administrator. Every call ends within 15 s, or when `cancel` says so. */
export class Api {
  #token;

  constructor(url, cancel) {
    this.url = url;
    this.cancel = cancel;
  }

  async signIn(secret) {
    const { data } = await this.#call('POST', '/api/v1/auth/login', { secret });
    this.#token = data.accessToken;
  }

  /**
   * Answers the webhook with its signing secret, which is shown only now. `cancel` does not cut it short: nobody would
   * know what to remove.
   */
  async register(webhook) {
    return (await this.#call('POST', '/api/v1/webhooks', webhook, [])).content;
  }

  async publish(type, data) {
    return (await this.#call('POST', `/api/v1/webhooks/events/${type}`, data)).content;
  }

  /** What the hub has on record of the deliveries to a webhook; at most 100. */
  async log(webhookId) {
    return (await this.#call('GET', `/api/v1/webhooks/${webhookId}/logs?size=100`)).content.logs;
  }

  /** Also after `cancel`. */
  async remove(webhookId) {
    await this.#call('DELETE', `/api/v1/webhooks/${webhookId}`, undefined, []);
  }

  async #call(method, path, body, signals = [this.cancel]) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'Accept-Language': 'en',
        ...(this.#token && { Authorization: `Bearer ${this.#token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.any([...signals, AbortSignal.timeout(ANSWERS_WITHIN_MS)]),
    });
    const text = await response.text();
    if (!response.ok) throw new Refused(`${method} ${path}`, response.status, text);
    return JSON.parse(text);
  }
}
