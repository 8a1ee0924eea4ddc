import { runAuditVerification } from './verify-audit';

void runAuditVerification(process.env, process.argv.slice(2));
