/**
 * `standard`: the published limit of whoever calls, on that surface. `auth`: sign-in and refresh, per address.
 * `receive`: deliveries to one address, once it is known whose. `provider`: those to a provider's common address, per client.
 * `none`: counted nowhere (health).
 */
export type LimitKind = 'standard' | 'auth' | 'receive' | 'provider' | 'none';
