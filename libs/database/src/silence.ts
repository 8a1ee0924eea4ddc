import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/** What pg does not show: the socket, and whether no statement is under way. */
interface Inside {
  readonly connection: { readonly stream: Socket };
  readonly readyForQuery: boolean;
}

/**
 * Ends a connection on which nothing came or went for so long (twice that, where what was sent is stuck) while a statement was under
 * way: the statement rejects, and whoever comes next is given another connection. One timer for each connection. pg's own
 * `query_timeout` makes one for each statement, and what a statement was given, the bodies of deliveries for one, then outlives it until
 * the next major garbage collection, which it thereby brings about.
 */
export function endsInSilence(client: ClientBase, withinMs: number): void {
  const inside = client as unknown as Inside;
  const { stream } = inside.connection;
  stream.setTimeout(withinMs);
  // Each time: a listener that is given to `setTimeout` hears of the first silence only, which is as likely as not that of an idle connection.
  stream.on('timeout', () => {
    if (inside.readyForQuery) return;
    stream.destroy(new Error(`Connection terminated: no answer within ${withinMs} ms`));
  });
}
