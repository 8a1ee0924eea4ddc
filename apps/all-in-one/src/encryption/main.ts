import { runReencryption } from './rotate-encryption';

void runReencryption(process.env);
