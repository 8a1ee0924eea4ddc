import type { ServiceDatabase } from '@signalbox/database';
import { AlertEntity } from './alerts/alert.entity';
import { ApiKeyEntity } from './api-keys/api-key.entity';
import { ApiKeySecretEntity } from './api-keys/api-key-secret.entity';
import { IdempotencyRecordEntity } from './idempotency/idempotency-record.entity';
import { UsersSessionsIdempotency1763700000000 } from './migrations/1763700000000-users-sessions-idempotency';
import { SignInsAndSigningKeys1763700100000 } from './migrations/1763700100000-sign-ins-and-signing-keys';
import { ApiKeys1763700200000 } from './migrations/1763700200000-api-keys';
import { Usage1763710000300 } from './migrations/1763710000300-usage';
import { Audit1763720000100 } from './migrations/1763720000100-audit';
import { Alerts1763720000200 } from './migrations/1763720000200-alerts';
import { EncryptionCanary1763730000000 } from './migrations/1763730000000-encryption-canary';
import { SessionEntity } from './sessions/session.entity';
import { SignInFailuresEntity } from './sign-in/sign-in-failures.entity';
import { sealedFor } from './tokens/sealed-for';
import { SigningKeyEntity } from './tokens/signing-key.entity';
import { UsageReportEntity } from './usage/usage-report.entity';
import { UserEntity } from './users/user.entity';

export const authDatabase: ServiceDatabase = {
  schema: 'auth',
  entities: [
    UserEntity,
    SessionEntity,
    IdempotencyRecordEntity,
    SignInFailuresEntity,
    SigningKeyEntity,
    UsageReportEntity,
    ApiKeyEntity,
    ApiKeySecretEntity,
    AlertEntity,
  ],
  migrations: [
    UsersSessionsIdempotency1763700000000,
    SignInsAndSigningKeys1763700100000,
    ApiKeys1763700200000,
    Usage1763710000300,
    Audit1763720000100,
    Alerts1763720000200,
    EncryptionCanary1763730000000,
  ],
  sealed: [
    {
      table: 'signing_keys',
      key: { id: 'text' },
      column: 'sealed',
      boundTo: ({ id = '' }) => sealedFor(id),
    },
  ],
};
