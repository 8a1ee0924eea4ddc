/** Values that satisfy every declaration; for tests only. */
export const TEST_SECRETS = {
  ADMIN_USERNAME: 'admin',
  ADMIN_PASSWORD: 'test-admin-password',
  ADMIN_SECRET: 'test-admin-secret-0123456789',
  JWT_SECRET: 'test-jwt-secret-0123456789-0123456789-0123456789',
  API_KEY_PEPPERS: 'test-api-key-pepper-0123456789-0123456789',
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

/** Tests call often; what the limits do is tested where they are set. */
export const UNLIMITED = {
  LIMIT_USER_PER_MINUTE: '1000000',
  LIMIT_AUTH_PER_MINUTE: '1000000',
  LIMIT_READ_PER_MINUTE: '1000000',
  LIMIT_WRITE_PER_MINUTE: '1000000',
  LIMIT_RECEIVE_PER_MINUTE: '1000000',
  LIMIT_PROVIDER_PER_MINUTE: '1000000',
  LIMIT_GLOBAL_PER_SECOND: '1000000',
  SIGN_IN_FREE_FAILURES: '1000000',
};
