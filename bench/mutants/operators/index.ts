/** @module All operators, in the order of the table. */
import type { Operator } from '../operator.js';
import { locks } from './locks.js';
import { naming } from './naming.js';
import { orders } from './orders.js';
import { statements } from './statements.js';
import { values } from './values.js';
import { writing } from './writing.js';

export const operators: readonly Operator[] = [...orders, ...locks, ...statements, ...values, ...naming, ...writing];
