export { AddressRanges } from './addresses/address-ranges';
export { ApiKeyHasher } from './api-keys/api-key-hasher';
export { isWellFormedApiKey, makeApiKey, shownPrefix } from './api-keys/key-text';
export { AddressPolicy } from './outbound/address-policy';
export { OutboundClient, type OutboundClientOptions } from './outbound/outbound-client';
export { OutboundError, type OutboundErrorCode } from './outbound/outbound-error';
export type { OutboundMethod, OutboundRequest, OutboundResponse } from './outbound/outbound-types';
export type { AddressResolver, ResolvedAddress } from './outbound/resolver';
export type { UrlRefusal } from './outbound/target-url';
export { dataKeyOf, Envelope, type SealedRow } from './sealed/envelope';
export { SecretBox, SecretBoxError, type SecretBoxErrorCode } from './sealed/secret-box';
export { hubMark, type HubMark } from './signatures/hub-mark';
export { signingKeyBytes, signingKeys, type SigningKeys } from './signatures/signing-keys';
export {
  generateWebhookSecret,
  signWebhook,
  verifyBrandSignature,
  verifyWebhook,
  type WebhookSecrets,
  type WebhookToSign,
  type WebhookToVerify,
} from './signatures/webhook-signature';
export { parseStrictJson, type StrictJsonOptions } from './json/strict-json';
export { StrictJsonError, type StrictJsonReason } from './json/strict-json-error';
export { isMaskedWhole, MASK, maskHeaders, maskSecrets } from './masking/mask';
export { isSecretName } from './masking/secret-names';
export { constantTimeEqual, keyedHash, randomToken, sha256Hex } from './hashing/hashing';
export { readTokenHeader, secretKeyId, type TokenHeader } from './tokens/token-header';
