// Seconds that DuckDB takes to read a run's journal (as ndjson) and to group it by cell, on so many threads.
//   node duckdb.mjs PACKAGE-FOLDER counts|quantiles FILE THREADS
// counts: what `status` needs of transactions; quantiles: what `criteria` needs. Prints the seconds and the number of cells.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const [folder, what, file, threads] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(folder + '/')('@duckdb/node-api');
const levels = 'quantile_cont(%, [0.5, 0.95, 0.99])';
const times = ['total_us', 'stages.activate', 'stages.route', 'stages.exchange'].map((column) => levels.replace('%', column));
const counts = ["count(*) filter (where outcome = 'ok')", "count(*) filter (where outcome = 'fail')", 'count(distinct placement)'];
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const started = performance.now();
const result = await connection.runAndReadAll(`
    select cell, ${[...counts, ...(what === 'quantiles' ? times : [])].join(', ')}
    from read_json('${file}', format = 'newline_delimited', columns = {
        transaction: 'BIGINT', placement: 'BIGINT', cell: 'INTEGER', outcome: 'VARCHAR'${
            what === 'quantiles' ? `, total_us: 'BIGINT', stages: 'STRUCT(activate BIGINT, "route" BIGINT, exchange BIGINT)'` : ''}})
    where transaction is not null group by cell`);
console.log(((performance.now() - started) / 1000).toFixed(4), result.currentRowCount);
