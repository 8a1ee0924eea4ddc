import { ConnectionError, type ConnectionSettings, type ConnectorRequest } from '../connection/connection';
import type { ConnectionContext, HookRegistrar, HookToRegister } from '../connector';
import { at as itemAt, listAt, nameAt, textAt } from '../delivery/fields';
import { answerOf, call, hookId, isGood, isMissing, MOST_PAGES, refusalOf } from './call';

type Fields = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** A provider whose hooks are resources under one address, as most have them. */
export interface RestHooks extends Pick<HookRegistrar, 'permissions' | 'allEvents' | 'place'> {
  headers(settings: ConnectionSettings): ConnectorRequest['headers'];
  fields(hook: HookToRegister, doing: 'create' | 'update', settings: ConnectionSettings): Fields;
  readonly update: 'PATCH' | 'PUT' | 'POST';
  /** JSON unless said otherwise. */
  readonly form?: boolean;
  readonly hook: {
    /** The answer about one hook has it under this name. */
    readonly within?: string;
    /** Of a hook as the provider shows it. */
    id(hook: unknown): string | null;
    readonly url: Path;
    /** Where the provider tells the secret that it makes. */
    readonly secret?: Path;
  };
  readonly list: {
    /** Where the hooks of a page are, the whole answer when left out. */
    readonly items?: Path;
    /** Of the page, from 1. @param last id of the last hook of the page before */
    query(page: number, last: string | null): string;
    /** Whether another page follows; asked of pages that are not empty. */
    more?(answer: unknown): boolean;
  };
  /** The address of a hook cannot be changed: with another one it is removed, to be made anew. */
  readonly addressStays?: boolean;
  /** Nor its secret: whoever has another one removes it and makes it anew. */
  readonly secretStays?: boolean;
  /** Sets what cannot be set when a hook is made. */
  readonly switchesOffLater?: boolean;
}

/** Hooks with one address that are told: more than there are attempts at making one. */
export const MOST_FOUND = 20;
/** More hooks than any provider puts on a page, or allows altogether. */
const MOST_ON_A_PAGE = 1_000;

export function restHooks(rest: RestHooks): HookRegistrar {
  const { hook: at, list } = rest;
  const request = (
    { settings }: ConnectionContext,
    method: ConnectorRequest['method'],
    path = '',
    fields?: Fields,
  ) => ({
    method,
    url: `${rest.place(settings)}${path}`,
    headers: {
      ...rest.headers(settings),
      ...(fields && { 'content-type': rest.form ? 'application/x-www-form-urlencoded' : 'application/json' }),
    },
    ...(fields && { body: rest.form ? formOf(fields) : JSON.stringify(fields) }),
  });

  const oneOf = (answer: unknown) => (at.within === undefined ? answer : itemAt(answer, at.within));

  async function search(
    context: ConnectionContext,
    isIt: (item: unknown) => boolean,
    most: number,
  ): Promise<string[]> {
    const found = new Set<string>();
    let last: string | null = null;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const answer = answerOf(await call(context, request(context, 'GET', queryOf(list.query(page, last)))));
      const items = listAt(answer, MOST_ON_A_PAGE, ...(list.items ?? []));
      for (const item of items.filter(isIt)) found.add(hookId(at.id(item)));
      last = at.id(items.at(-1));
      if (found.size >= most || last === null || list.more?.(answer) === false) break;
    }
    return [...found].slice(0, most);
  }

  const registrar: HookRegistrar = {
    makesSecret: at.secret !== undefined,
    secretStays: rest.secretStays === true,
    permissions: rest.permissions,
    allEvents: rest.allEvents,
    place: (settings) => rest.place(settings),

    find: (context, url) => search(context, (item) => textAt(item, ...at.url) === url, MOST_FOUND),

    async create(context, hook) {
      const response = await call(
        context,
        request(context, 'POST', '', rest.fields(hook, 'create', context.settings)),
      );
      const made = oneOf(answerOf(response));
      const id = hookId(at.id(made), response.status);
      const secret = at.secret === undefined ? null : nameAt(made, ...at.secret);
      if (at.secret !== undefined && secret === null) {
        throw new ConnectionError('unexpected_answer', 'the provider told no secret', response.status);
      }
      if (rest.switchesOffLater && !hook.active) await registrar.update(context, id, hook);
      return { id, secret };
    },

    async update(context, id, hook) {
      const path = `/${encodeURIComponent(id)}`;
      if (rest.addressStays) {
        const there = await call(context, request(context, 'GET', path));
        if (isMissing(there)) return false;
        if (textAt(oneOf(answerOf(there)), ...at.url) !== hook.url) {
          await registrar.remove(context, id);
          return false;
        }
      }
      const response = await call(
        context,
        request(context, rest.update, path, rest.fields(hook, 'update', context.settings)),
      );
      if (isMissing(response)) return false;
      if (!isGood(response)) throw refusalOf(response);
      return true;
    },

    async remove(context, id) {
      const response = await call(context, request(context, 'DELETE', `/${encodeURIComponent(id)}`));
      if (isGood(response)) return;
      // Credentials that may not see a hook are told that there is none: only who sees the others knows.
      if (!isMissing(response) || (await search(context, (item) => at.id(item) === id, 1)).length > 0) {
        throw refusalOf(response);
      }
    },
  };
  return registrar;
}

const queryOf = (query: string) => (query === '' ? '' : `?${query}`);

/** Lists as `name[]`, as Stripe reads them. */
function formOf(fields: Fields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) for (const item of value) form.append(`${name}[]`, String(item));
    else form.append(name, String(value));
  }
  return form.toString();
}

/** Parts of a path that a setting names, escaped; null where one is empty or leads elsewhere, as `..` does in any URL. */
export function segmentsOf(path: string): string[] | null {
  const parts = path.split('/').map((part) => part.trim());
  if (parts.some((part) => /^\.*$/.test(part))) return null;
  return parts.map((part) => encodeURIComponent(part.toWellFormed()));
}

/** Path of the hooks of a repository, `owner/name`, or of an organisation, `owner` alone. */
export function repositoryOrOrganisation(settings: ConnectionSettings): string {
  const parts = segmentsOf(settings.text('repository'));
  if (parts === null || parts.length > 2) {
    throw new ConnectionError(
      'invalid_settings',
      'repository must be owner/name, or the name of an organisation',
    );
  }
  return `/${parts.length === 1 ? 'orgs' : 'repos'}/${parts.join('/')}/hooks`;
}
