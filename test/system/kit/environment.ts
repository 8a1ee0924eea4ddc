export const ADMIN = { username: 'admin', password: 'system-test-password' } as const;
export const SHUTDOWN_SECONDS = 15;

/** What every process of a hub under test is told. The limits are tested where they are set; here nobody may meet them. */
export const COMMON = {
  ADMIN_USERNAME: ADMIN.username,
  ADMIN_PASSWORD: ADMIN.password,
  ADMIN_SECRET: 'system-test-secret-0123456789',
  JWT_SECRET: 'system-test-jwt-secret-0123456789-0123456789',
  API_KEY_PEPPERS: 'system-test-api-key-pepper-0123456789-012',
  ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64'),
  OUTBOUND_ALLOW_PRIVATE: '127.0.0.0/8',
  SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS),
  LIMIT_USER_PER_MINUTE: '1000000000',
  LIMIT_AUTH_PER_MINUTE: '1000000000',
  SIGN_IN_FREE_FAILURES: '1000000',
  LIMIT_READ_PER_MINUTE: '1000000000',
  LIMIT_WRITE_PER_MINUTE: '1000000000',
  LIMIT_GLOBAL_PER_SECOND: '1000000000',
} as const;
