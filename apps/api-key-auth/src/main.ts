import { runApp } from '@signalbox/rpc';
import { startApiKeyAuth } from './app';

void runApp({ name: 'api-key-auth', start: startApiKeyAuth }, process.env);
