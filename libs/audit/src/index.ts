/**
 * How a service puts its changes on record: noted in the transaction that makes the change, handed over to the service that keeps the
 * audit log afterwards. The service's schema has a table `audit_outbox (id uuid primary key, entry json, created_at timestamptz(3) default now())`.
 *
 * @packageDocumentation
 */
export { AuditOutbox, type Statements } from './audit-outbox';
export { AuditOutboxModule } from './audit-outbox.module';
