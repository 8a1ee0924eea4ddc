export { createJobs } from './bullmq-jobs';
export * from './jobs';
