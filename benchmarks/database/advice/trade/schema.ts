import { chanceFunctions } from '../../chance.ts';
import type { GeneratedSchema } from '../../source-database.ts';

/**
 * The eight tables of TPC-H (TPC Benchmark H, revision 3.0.1, clause 1.4) with data of our own:
 * unlike TPC's it is skewed (few parts and customers make most of the trade) and correlated (dates of
 * a line follow its order's, prices the part, return flags the date). Primary keys, nothing else.
 *
 * @param scale 1 is a tenth of TPC-H's scale factor 1: 600,000 lines
 */
export function trade(scale: number): GeneratedSchema {
  const [customers, orders, parts, suppliers] = [15_000, 150_000, 20_000, 1_000].map((rows) =>
    Math.round(rows * scale),
  ) as [number, number, number, number];
  return {
    name: 'the TPC-H-like schema',
    statements: [
      chanceFunctions,
      ...small,
      `CREATE TABLE supplier (s_suppkey int PRIMARY KEY, s_name text NOT NULL, s_address text NOT NULL,
        s_nationkey int NOT NULL, s_phone text NOT NULL, s_acctbal numeric NOT NULL, s_comment text NOT NULL)`,
      `INSERT INTO supplier
       SELECT i, 'Supplier#' || lpad(i::text, 9, '0'), md5(i::text), uniform(i, 1, 25) - 1,
              10 + uniform(i, 1, 25) || '-' || uniform(i, 2, 999) || '-' || uniform(i, 3, 9999),
              round((chance(i, 4) * 11000 - 1000)::numeric, 2),
              repeat(md5(i::text), 2) || CASE WHEN uniform(i, 5, 200) = 1 THEN ' Customer Complaints' ELSE '' END
       FROM generate_series(1, ${suppliers}) i`,
      `CREATE TABLE part (p_partkey int PRIMARY KEY, p_name text NOT NULL, p_mfgr text NOT NULL,
        p_brand text NOT NULL, p_type text NOT NULL, p_size int NOT NULL, p_container text NOT NULL,
        p_retailprice numeric NOT NULL, p_comment text NOT NULL)`,
      `INSERT INTO part
       SELECT i, (${colours})[uniform(i, 11, 20)] || ' ' || (${colours})[uniform(i, 12, 20)] || ' ' || (${colours})[uniform(i, 13, 20)],
              'Manufacturer#' || m, 'Brand#' || m || uniform(i, 14, 5),
              (ARRAY['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO'])[uniform(i, 15, 6)] || ' ' ||
              (ARRAY['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED'])[uniform(i, 16, 5)] || ' ' ||
              (ARRAY['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER'])[uniform(i, 17, 5)],
              skewed(i, 18, 50, 1.5),
              (ARRAY['SM', 'MED', 'LG', 'JUMBO', 'WRAP'])[uniform(i, 19, 5)] || ' ' ||
              (ARRAY['CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'])[uniform(i, 20, 8)],
              900 + (i % 1000) / 10.0 + m * 20, md5(i::text)
       FROM (SELECT i, uniform(i, 10, 5) AS m FROM generate_series(1, ${parts}) i) p`,
      `CREATE TABLE partsupp (ps_partkey int NOT NULL, ps_suppkey int NOT NULL, ps_availqty int NOT NULL,
        ps_supplycost numeric NOT NULL, ps_comment text NOT NULL, PRIMARY KEY (ps_partkey, ps_suppkey))`,
      `INSERT INTO partsupp
       SELECT p, 1 + (p + n * ${Math.ceil(suppliers / 4)}) % ${suppliers}, uniform(p * 4 + n, 31, 9999),
              round((1 + chance(p * 4 + n, 32) * 1000)::numeric, 2), repeat(md5((p * 4 + n)::text), 3)
       FROM generate_series(1, ${parts}) p, generate_series(0, 3) n`,
      `CREATE TABLE customer (c_custkey int PRIMARY KEY, c_name text NOT NULL, c_address text NOT NULL,
        c_nationkey int NOT NULL, c_phone text NOT NULL, c_acctbal numeric NOT NULL,
        c_mktsegment text NOT NULL, c_comment text NOT NULL)`,
      `INSERT INTO customer
       SELECT i, 'Customer#' || lpad(i::text, 9, '0'), md5(i::text), nation - 1,
              9 + nation || '-' || uniform(i, 42, 999) || '-' || uniform(i, 43, 9999),
              round((chance(i, 44) * 11000 - 1000)::numeric, 2),
              (ARRAY['BUILDING', 'MACHINERY', 'AUTOMOBILE', 'FURNITURE', 'HOUSEHOLD'])[skewed(i, 45, 5, 1.3)],
              repeat(md5(i::text), 2)
       FROM (SELECT i, skewed(i, 41, 25, 1.4) AS nation FROM generate_series(1, ${customers}) i) c`,
      `CREATE TABLE orders (o_orderkey int PRIMARY KEY, o_custkey int NOT NULL, o_orderstatus text NOT NULL,
        o_totalprice numeric NOT NULL, o_orderdate date NOT NULL, o_orderpriority text NOT NULL,
        o_clerk text NOT NULL, o_shippriority int NOT NULL, o_comment text NOT NULL)`,
      `INSERT INTO orders
       SELECT i, custkey + CASE WHEN custkey % 3 = 0 THEN 1 ELSE 0 END,
              CASE WHEN day < 1170 THEN 'F' WHEN day > 1300 THEN 'O' ELSE 'P' END,
              round((900 + power(chance(i, 52), 2) * 400000)::numeric, 2), date '1992-01-01' + day,
              (ARRAY['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'])[uniform(i, 53, 5)],
              'Clerk#' || lpad(uniform(i, 54, 100)::text, 9, '0'), 0,
              md5(i::text) || CASE WHEN uniform(i, 55, 80) = 1 THEN ' special requests' ELSE ' plain' END
       FROM (SELECT i, least(skewed(i, 50, ${customers}, 1.6), ${customers - 1}) AS custkey,
                    uniform(i, 51, 2406) - 1 AS day
             FROM generate_series(1, ${orders}) i) o`,
      `CREATE TABLE lineitem (l_orderkey int NOT NULL, l_partkey int NOT NULL, l_suppkey int NOT NULL,
        l_linenumber int NOT NULL, l_quantity numeric NOT NULL, l_extendedprice numeric NOT NULL,
        l_discount numeric NOT NULL, l_tax numeric NOT NULL, l_returnflag text NOT NULL,
        l_linestatus text NOT NULL, l_shipdate date NOT NULL, l_commitdate date NOT NULL,
        l_receiptdate date NOT NULL, l_shipinstruct text NOT NULL, l_shipmode text NOT NULL,
        l_comment text NOT NULL, PRIMARY KEY (l_orderkey, l_linenumber))`,
      `INSERT INTO lineitem
       SELECT o, p, 1 + (p + (uniform(i, 62, 4) - 1) * ${Math.ceil(suppliers / 4)}) % ${suppliers}, n, q,
              q * (900 + (p % 1000) / 10.0), uniform(i, 63, 11) / 100.0 - 0.01, uniform(i, 64, 9) / 100.0,
              CASE WHEN received > date '1995-06-17' THEN 'N' WHEN uniform(i, 65, 2) = 1 THEN 'R' ELSE 'A' END,
              CASE WHEN shipped > date '1995-06-17' THEN 'O' ELSE 'F' END, shipped, ordered + 30 + uniform(i, 66, 60), received,
              (ARRAY['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])[uniform(i, 67, 4)],
              (ARRAY['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])[uniform(i, 68, 7)], left(md5(i::text), 20)
       FROM (
         SELECT i, o, n, ordered, ordered + uniform(i, 60, 121) AS shipped,
                ordered + uniform(i, 60, 121) + uniform(i, 61, 30) AS received,
                skewed(i, 69, ${parts}, 1.4) AS p, uniform(i, 70, 50) AS q
         FROM (SELECT o_orderkey::bigint * 8 + n AS i, o_orderkey AS o, o_orderdate AS ordered, n
               FROM orders, LATERAL generate_series(1, uniform(o_orderkey, 59, 7)) n) numbers) lines`,
    ],
  };
}

const colours = `ARRAY['almond', 'azure', 'beige', 'blue', 'brown', 'coral', 'cyan', 'forest', 'gold', 'green',
  'ivory', 'khaki', 'lace', 'lime', 'navy', 'olive', 'peach', 'pink', 'red', 'white']`;

const small = [
  'CREATE TABLE region (r_regionkey int PRIMARY KEY, r_name text NOT NULL)',
  "INSERT INTO region VALUES (0, 'AFRICA'), (1, 'AMERICA'), (2, 'ASIA'), (3, 'EUROPE'), (4, 'MIDDLE EAST')",
  'CREATE TABLE nation (n_nationkey int PRIMARY KEY, n_name text NOT NULL, n_regionkey int NOT NULL)',
  `INSERT INTO nation SELECT i - 1, (ARRAY['GERMANY', 'FRANCE', 'CHINA', 'INDIA', 'BRAZIL', 'CANADA',
     'KENYA', 'EGYPT', 'IRAN', 'IRAQ', 'JAPAN', 'JORDAN', 'MOROCCO', 'PERU', 'ROMANIA', 'RUSSIA',
     'ETHIOPIA', 'ALGERIA', 'ARGENTINA', 'INDONESIA', 'MOZAMBIQUE', 'SAUDI ARABIA', 'VIETNAM',
     'UNITED KINGDOM', 'UNITED STATES'])[i],
     (ARRAY[3, 3, 2, 2, 1, 1, 0, 0, 4, 4, 2, 4, 0, 1, 3, 3, 0, 0, 1, 2, 0, 4, 2, 3, 1])[i]
   FROM generate_series(1, 25) i`,
];
