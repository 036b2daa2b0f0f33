/**
 * `deno task test:batch`: tests that start `lsg` in Deno and in Node, in one process, so that the
 * program for Node is built once.
 *
 * @module
 */
import "./in_redis.ts";
import "./on_one_machine.ts";
