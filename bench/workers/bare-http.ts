import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import type { AddressInfo } from 'node:net';
import { serve } from '../kit/worker';

let body: unknown;
let burnMs = 0;
let redis: Redis | undefined;

@Controller('me')
class BareController {
  @Get()
  me(): unknown {
    if (burnMs > 0) for (const until = performance.now() + burnMs; performance.now() < until;);
    return redis === undefined ? body : redis.incr('bench').then(() => body);
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

/** Nest and Fastify as they come, with one route: no one is asked for, nothing counted, nothing logged. */
const api = {
  /** From now on each request first keeps the CPU busy for so many microseconds. */
  burn(microseconds: number): void {
    burnMs = microseconds / 1000;
  },

  /** From now on each request is counted there first, those of a turn in one write. */
  async count(redisUrl: string | null): Promise<void> {
    redis?.disconnect();
    redis = undefined;
    if (redisUrl === null) return;
    const connected = new Redis(redisUrl, { lazyConnect: true, enableAutoPipelining: true });
    await connected.connect();
    redis = connected;
  },

  async listen(answer: unknown): Promise<string> {
    body = answer;
    const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return `http://127.0.0.1:${port}/me`;
  },
};

export type BareHttp = typeof api;
serve(api);
