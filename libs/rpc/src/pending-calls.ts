/**
 * Calls that wait for their answer, by ids that are given out once. Not a `Map`: each table that a `Map` outgrows or tidies up points to
 * the one after it, and holds what was in it at that time. Once one of them has become old, all that follow outlive minor garbage
 * collections, with the bodies of all calls in them, until the next major one, which they thereby bring about.
 */
export class PendingCalls<Call extends { readonly id: string }> {
  private readonly slots: (Call | undefined)[] = [];
  private readonly free: number[] = [];
  private given = 0;

  get size(): number {
    return this.slots.length - this.free.length;
  }

  /** @param make given the id that the call is to have */
  add(make: (id: string) => Call): Call {
    const slot = this.free.pop() ?? this.slots.length;
    this.given += 1;
    const call = make(`${slot}.${this.given}`);
    this.slots[slot] = call;
    return call;
  }

  /** @param id may be anybody's: answers come late, or for calls of an earlier process */
  get(id: string): Call | undefined {
    const call = this.slots[Number.parseInt(id, 10)];
    return call?.id === id ? call : undefined;
  }

  /** The call waits no more. */
  take(id: string): Call | undefined {
    const call = this.get(id);
    if (call === undefined) return undefined;
    const slot = Number.parseInt(id, 10);
    this.slots[slot] = undefined;
    this.free.push(slot);
    return call;
  }

  /** Those that wait now. */
  all(): Call[] {
    return this.slots.filter((call) => call !== undefined);
  }
}
