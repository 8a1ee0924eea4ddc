/** What a stored key's sealed text is bound to. */
export const sealedFor = (kid: string): string => `auth.signing_keys.${kid}`;
