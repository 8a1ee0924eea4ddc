import type { SurfaceName } from './surface-name';

/** As these surfaces' own documents write their paths. */
const WITH_TRAILING_SLASH: ReadonlySet<SurfaceName> = new Set<SurfaceName>(['automation']);

/** A path as its surface publishes it. A trailing slash is optional on every one. */
export function publishedPath(path: string, surface: SurfaceName): string {
  return WITH_TRAILING_SLASH.has(surface) ? `${path}/` : path;
}
