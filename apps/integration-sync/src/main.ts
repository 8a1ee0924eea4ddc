import { runApp } from '@signalbox/rpc';
import { startIntegrationSync } from './app';

void runApp({ name: 'integration-sync', start: startIntegrationSync }, process.env);
