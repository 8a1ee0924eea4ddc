import { runKeyRotation } from './rotate-keys';

void runKeyRotation(process.env, process.argv.slice(2));
