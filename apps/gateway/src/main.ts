import { runApp } from '@signalbox/rpc';
import { startGateway } from './app';

void runApp({ name: 'gateway', start: startGateway }, process.env);
