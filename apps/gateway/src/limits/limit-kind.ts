/**
 * `standard`: the published limit of whoever calls, on that surface. `auth`: sign-in and refresh, per address.
 * `none`: counted nowhere (health).
 */
export type LimitKind = 'standard' | 'auth' | 'none';
