/**
 * Calls a test with the path of an empty folder, which is removed afterwards.
 *
 * @param test The test.
 */
export async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Calls a test with a path that does not exist, which is removed afterwards.
 *
 * @param test The test.
 */
export async function withNewFolder(test: (folder: string) => Promise<void>): Promise<void> {
  await withFolder((parent) => test(`${parent}/model`));
}
