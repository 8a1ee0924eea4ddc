import type { PageRequest } from '@signalbox/contracts';
import { QueryWhole } from './decorators';

/** Deeper pages are of no use to anybody and dear to the database. */
const LAST_PAGE = 1_000_000;
const LARGEST_PAGE = 100;

/** Query of a list; extend the one of your surface with its filters. */
interface PagingQuery {
  toPageRequest(): PageRequest;
}

/** S0: `page`, `size` (20). */
export class PageSizeQuery implements PagingQuery {
  @QueryWhole(1, LAST_PAGE)
  page: number = 1;

  @QueryWhole(1, LARGEST_PAGE)
  size: number = 20;

  toPageRequest(): PageRequest {
    return { page: this.page, size: this.size };
  }
}

/** S1: `page`, `limit` (50). */
export class PageLimitQuery implements PagingQuery {
  @QueryWhole(1, LAST_PAGE)
  page: number = 1;

  @QueryWhole(1, LARGEST_PAGE)
  limit: number = 50;

  toPageRequest(): PageRequest {
    return { page: this.page, size: this.limit };
  }
}

/** S2: `page`, `page_size` (20). */
export class PageSnakeSizeQuery implements PagingQuery {
  @QueryWhole(1, LAST_PAGE)
  page: number = 1;

  @QueryWhole(1, LARGEST_PAGE)
  page_size: number = 20;

  toPageRequest(): PageRequest {
    return { page: this.page, size: this.page_size };
  }
}

/** S4: `page`, `pageSize` (20). */
export class PageCamelSizeQuery implements PagingQuery {
  @QueryWhole(1, LAST_PAGE)
  page: number = 1;

  @QueryWhole(1, LARGEST_PAGE)
  pageSize: number = 20;

  toPageRequest(): PageRequest {
    return { page: this.page, size: this.pageSize };
  }
}

/** S3: `skip` (0), `limit` (100). */
export class SkipLimitQuery implements PagingQuery {
  @QueryWhole(0, LAST_PAGE * LARGEST_PAGE)
  skip: number = 0;

  @QueryWhole(1, LARGEST_PAGE)
  limit: number = LARGEST_PAGE;

  toPageRequest(): PageRequest {
    return { page: Math.floor(this.skip / this.limit) + 1, size: this.limit, offset: this.skip };
  }
}
