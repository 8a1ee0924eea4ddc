import 'reflect-metadata';
import { hello } from '@signalbox/contracts';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

@Controller()
class C {
  @Get()
  get(): string {
    return hello;
  }
}
@Module({ controllers: [C] })
export class M {}
async function main(): Promise<void> {
  const app = await NestFactory.create(M, new FastifyAdapter());
  await app.listen(0);
  console.log(await (await fetch(await app.getUrl())).text());
  await app.close();
}
void main();
