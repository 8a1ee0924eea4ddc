import { Module } from '@nestjs/common';

/** The controllers of every surface. */
@Module({ imports: [] })
export class SurfacesModule {}
