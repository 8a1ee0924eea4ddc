import { Body, Delete, Get, HttpCode, Module, Param, Post, Put, Query, type Type } from '@nestjs/common';
import { ArrayUnique, IsBoolean } from 'class-validator';
import {
  DomainError,
  ERROR_CODES,
  type ErrorCode,
  type Principal,
  type ResourceKind,
  type UserView,
} from '@signalbox/contracts';
import { CallScope } from '@signalbox/observability';
import { Caller, CurrentUser } from '../access';
import { errorExample } from '../error-pages/error-examples';
import { Origin, RawBody } from '../http';
import {
  Access,
  ContentSecurityPolicy,
  Limit,
  NO_CONTENT,
  Paged,
  SignIn,
  SURFACE_BASE,
  SURFACE_NAMES,
  SurfaceController,
  type NoContent,
  type SurfaceName,
} from '../surfaces';
import {
  IsEventPattern,
  IsHeaderMap,
  IsHttpUrl,
  IsJsonObject,
  IsList,
  IsName,
  IsWhole,
  Nested,
  NestedList,
  Nullable,
  Optional,
  PageSizeQuery,
  QueryFlag,
  QueryOneOf,
  QueryText,
} from '../validation';

class RetryDto {
  @IsWhole(0, 20)
  max_retries!: number;
}

class StepDto {
  @IsName()
  name!: string;
}

export class ProbeDto {
  @IsName()
  name!: string;

  @Optional()
  @IsHttpUrl()
  url?: string;

  @Optional()
  @IsList(3, 1)
  @ArrayUnique()
  @IsEventPattern({ each: true })
  events?: string[];

  @Optional()
  @IsHeaderMap()
  headers?: Record<string, string>;

  @Optional()
  @IsBoolean()
  is_active?: boolean = true;

  @Optional()
  @Nested(() => RetryDto)
  retry_config?: RetryDto;

  @Optional()
  @NestedList(() => StepDto, 2)
  steps?: StepDto[];

  @Nullable()
  @IsName()
  project_id?: string | null;

  @Optional()
  @IsJsonObject()
  settings?: Record<string, unknown>;
}

class ProbeQuery extends PageSizeQuery {
  @QueryFlag()
  is_active?: boolean;

  @QueryOneOf(['name', 'age'])
  sort_by?: string;

  @QueryText(10)
  search?: string;
}

/** How often a body reached a controller: what is refused must never. */
export const reached = { count: 0 };

/** S0 and S4 share their base. */
function probePath(surface: SurfaceName): string {
  return surface === 'code-review' ? 'reviews' : 'probes';
}

/** Where the probes of a surface are. */
export function probesAt(surface: SurfaceName): string {
  return `${SURFACE_BASE[surface]}/${probePath(surface)}`;
}

/** The same few routes on a surface, as its own controllers would declare them. */
function probesOf(surface: SurfaceName): Type<unknown> {
  @SurfaceController(surface, probePath(surface))
  class Probes {
    @Get()
    @Access('read')
    list(@Query() query: ProbeQuery): Paged<object> {
      const { page, size } = query.toPageRequest();
      const { is_active, sort_by, search } = query;
      return new Paged(
        { items: [{ id: 'a', is_active, sort_by, search }], total: 250, page, size },
        'probes',
      );
    }

    @Get('public')
    @Access('public')
    open(@Caller() caller: Principal | undefined): object {
      return { caller: caller?.id ?? null };
    }

    @Get('optional')
    @Access('optional')
    perhaps(@Caller() caller: Principal | undefined): object {
      return { caller: caller?.id ?? null };
    }

    @Get('admin')
    @Access('admin')
    admin(): object {
      return { ok: true };
    }

    @Get('me')
    @Access('known')
    me(@CurrentUser() user: UserView): object {
      return { username: user.username };
    }

    @Get('scope')
    @Access('read')
    async scope(): Promise<object> {
      await Promise.resolve();
      const { requestId, traceparent, principal } = CallScope.current() ?? {};
      return { requestId, traceparent, principal };
    }

    @Get('health')
    @Access('public')
    @Limit('none')
    health(): object {
      return { ok: true };
    }

    @Get('page')
    @Access('public')
    @ContentSecurityPolicy("default-src 'self'")
    page(): object {
      return { page: true };
    }

    @Get('crash')
    @Access('public')
    crash(): never {
      throw new TypeError('a secret detail');
    }

    @Get('fails/:code')
    @Access('public')
    fails(@Param('code') code: string, @Query('resource') resource: ResourceKind | undefined): never {
      throw new DomainError({ ...errorExample(code as ErrorCode), resource });
    }

    @Get('items/:id')
    @Access('read')
    get(@Param('id') id: string): object {
      return { id };
    }

    @Post()
    @Access('write')
    create(@Body() body: ProbeDto): object {
      reached.count += 1;
      return { ...body, secret: 'shown-once', idempotency: CallScope.current()?.idempotencyId };
    }

    @Post('raw')
    @Access('write')
    @HttpCode(200)
    raw(@Body() body: unknown, @RawBody() raw: Buffer): object {
      reached.count += 1;
      return { body, raw: raw.toString('utf8') };
    }

    @Post('sign-in')
    @SignIn()
    @HttpCode(200)
    signIn(@Origin() origin: object): object {
      return { origin };
    }

    @Put('items/:id')
    @Access('write')
    put(@Param('id') id: string, @Body() body: ProbeDto): object {
      return { id, ...body };
    }

    @Delete('items/:id')
    @HttpCode(204)
    @Access('write')
    remove(): NoContent {
      return NO_CONTENT;
    }
  }
  return Probes;
}

@Module({ controllers: SURFACE_NAMES.map(probesOf) })
export class ProbeSurfaces {}

export const ALL_CODES = Object.keys(ERROR_CODES) as ErrorCode[];
