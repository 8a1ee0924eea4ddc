import { runApp } from '@signalbox/rpc';
import { startWebhookDispatcher } from './app';

void runApp({ name: 'webhook-dispatcher', start: startWebhookDispatcher }, process.env);
