import { SURFACE_BASE } from '../surfaces/surface-base';

/** Where the OpenAPI document is served, relative to the code-review surface. */
export const DOCUMENT_ROUTE = 'doc';
export const DOCUMENT_PATH = `${SURFACE_BASE['code-review']}/${DOCUMENT_ROUTE}`;
export const DOCUMENT_PAGE_PATH = `${DOCUMENT_PATH}/ui`;
export const errorPagePath = (code: string): string => `${DOCUMENT_PATH}/errors/${code}`;
