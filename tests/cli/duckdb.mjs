// The queries on stdin in DuckDB, from npm in the present folder; each answer with its columns, as the shell's `.mode list` has it.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const { DuckDBInstance } = createRequire(process.cwd() + '/npm/')('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
for (const query of readFileSync(0, 'utf8').split(/;\s*\n/).filter((x) => x.trim())) {
    const answer = await connection.runAndReadAll(query);
    console.log(answer.columnNames().join('|'));
    for (const row of answer.getRows())
        console.log(row.map((x) => (x === null ? '' : String(x))).join('|'));
}
