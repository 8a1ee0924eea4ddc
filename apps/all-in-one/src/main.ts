import { runHub } from './hub';

void runHub(process.env);
