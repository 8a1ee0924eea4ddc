import type { RunningApp, Runtime } from '@signalbox/rpc';
import { bootGateway } from './boot-gateway';
import { SurfacesModule } from './surfaces/surfaces.module';

/** Starts the hub's only HTTP face. Services that are not there answer 503: it does not wait for them. */
export function startGateway(runtime: Runtime): Promise<RunningApp & { readonly url: string }> {
  return bootGateway(runtime, [SurfacesModule]);
}
