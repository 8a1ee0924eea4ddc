import { runMigrations } from './run-migrations';

void runMigrations(process.env);
