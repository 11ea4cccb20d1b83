import { compute, type ModelTask } from './model-tasks.js';

/** The program of the threads in which models compute. */
export default function (task: ModelTask): unknown {
  return compute(task);
}
