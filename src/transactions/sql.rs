//! The same table as one query, for data that is in a database. Each [`Measure`] of `definitions.rs` has its expression
//! here; the tests run both over the same lines.

use super::customers::CustomerFeatures;
use super::definitions::{Feature, Measure};
use super::settings::Drop;
use crate::error::{Error, Result};
use crate::message::{Setting, message};
use std::fmt::Write;

/// A database, or one that reads its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// DuckDB.
    DuckDb,
    /// PostgreSQL.
    Postgres,
    /// Spark SQL and Databricks.
    Spark,
    /// Google BigQuery.
    BigQuery,
}

/// All databases, with the words of the flag `--sql`.
pub const DATABASES: [(&str, Database); 4] = [
    ("duckdb", Database::DuckDb),
    ("postgres", Database::Postgres),
    ("spark", Database::Spark),
    ("bigquery", Database::BigQuery),
];

impl Database {
    fn name(self, name: &str) -> String {
        match self {
            Database::DuckDb | Database::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
            Database::Spark => format!("`{}`", name.replace('`', "``")),
            Database::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
        }
    }

    fn text(self, text: &str) -> String {
        match self {
            Database::DuckDb | Database::Postgres => format!("'{}'", text.replace('\'', "''")),
            Database::Spark | Database::BigQuery => {
                format!(
                    "'{}'",
                    text.replace('\\', "\\\\")
                        .replace('\'', "\\'")
                        .replace('\n', "\\n")
                )
            }
        }
    }

    fn double(self) -> &'static str {
        match self {
            Database::DuckDb | Database::Spark => "DOUBLE",
            Database::Postgres => "DOUBLE PRECISION",
            Database::BigQuery => "FLOAT64",
        }
    }

    fn string(self) -> &'static str {
        match self {
            Database::DuckDb => "VARCHAR",
            Database::Postgres => "TEXT",
            Database::Spark | Database::BigQuery => "STRING",
        }
    }

    fn timestamp(self) -> &'static str {
        if self == Database::BigQuery {
            "DATETIME"
        } else {
            "TIMESTAMP"
        }
    }

    /// Whole days from one date to another.
    fn days(self, from: &str, to: &str) -> String {
        match self {
            Database::DuckDb | Database::Postgres => format!("({to} - {from})"),
            Database::Spark => format!("DATEDIFF({to}, {from})"),
            Database::BigQuery => format!("DATE_DIFF({to}, {from}, DAY)"),
        }
    }

    fn plus_days(self, date: &str, days: i64) -> String {
        match self {
            Database::DuckDb | Database::Postgres => format!("({date} + ({days}))"),
            Database::Spark => format!("DATE_ADD({date}, {days})"),
            Database::BigQuery => format!("DATE_ADD({date}, INTERVAL {days} DAY)"),
        }
    }

    fn is_weekend(self, date: &str) -> String {
        match self {
            Database::DuckDb | Database::Postgres => format!("EXTRACT(ISODOW FROM {date}) >= 6"),
            Database::Spark => format!("DAYOFWEEK({date}) IN (1, 7)"),
            Database::BigQuery => format!("EXTRACT(DAYOFWEEK FROM {date}) IN (1, 7)"),
        }
    }

    /// `text LIKE` a pattern of `*` and `?`, in any case.
    fn like(self, text: &str, pattern: &str) -> String {
        let escape = if self == Database::BigQuery { '\\' } else { '!' };
        let mut like = String::new();
        for c in pattern.trim().to_lowercase().chars() {
            match c {
                '*' => like.push('%'),
                '?' => like.push('_'),
                c => {
                    if c == '%' || c == '_' || c == escape {
                        like.push(escape);
                    }
                    like.push(c);
                }
            }
        }
        let tail = if self == Database::BigQuery {
            ""
        } else {
            " ESCAPE '!'"
        };
        format!("LOWER({text}) LIKE {}{tail}", self.text(&like))
    }
}

impl CustomerFeatures {
    /// The query that computes this table from a table of the same columns in a database; `table` is written as it stands.
    ///
    /// # Errors
    /// Where the settings ask for what the query cannot say.
    pub fn sql(&self, database: Database, table: &str) -> Result<String> {
        if self.settings.utc_offset != 0 {
            return Err(
                Error::usage(message![Setting::UtcOffset, " is not part of the query"])
                    .hint("turn the dates into local time in the database, and leave it out"),
            );
        }
        Ok(Query {
            of: self,
            db: database,
        }
        .text(table))
    }
}

struct Query<'a> {
    of: &'a CustomerFeatures,
    db: Database,
}

impl Query<'_> {
    fn text(&self, table: &str) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "-- One row per customer; the definitions are those of kinfolk {}.",
            env!("CARGO_PKG_VERSION")
        );
        for feature in &self.of.features {
            let _ = writeln!(
                out,
                "--   {}: {}",
                feature.name,
                feature.meaning.replace(['\n', '\r'], " ")
            );
        }
        let distinct = if self.of.settings.drops(Drop::Duplicates) {
            format!("(SELECT DISTINCT * FROM {table}) AS t")
        } else {
            format!("{table} AS t")
        };
        let _ = writeln!(
            out,
            "WITH typed AS (\n  SELECT\n    {}\n  FROM {distinct}\n),",
            self.typed().join(",\n    ")
        );
        let _ = writeln!(
            out,
            "dated AS (\n  SELECT *, CAST(moment AS DATE) AS day,\n    EXTRACT(HOUR FROM moment) * 3600 + EXTRACT(MINUTE FROM moment) * 60 + FLOOR(EXTRACT(SECOND FROM moment)) AS second_of_day\n  FROM typed\n  WHERE {}\n),",
            self.wanted().join("\n    AND ")
        );
        let as_of = match &self.of.settings.as_of {
            Some(_) => format!("DATE {}", self.db.text(&self.of.as_of)),
            None => self.db.plus_days("MAX(day)", 1),
        };
        let _ = writeln!(
            out,
            "period AS (SELECT MIN(day) AS first_day, {as_of} AS as_of FROM dated),"
        );
        let order = match self.of.places.order {
            Some(_) => format!(
                "COALESCE(order_name, CONCAT('day ', CAST(day AS {})))",
                self.db.string()
            ),
            None => format!("CAST(day AS {})", self.db.string()),
        };
        let _ = writeln!(
            out,
            "marked AS (\n  SELECT dated.*, period.first_day, period.as_of, {order} AS order_key,\n    is_order AND amount >= 0 AS is_purchase, is_order AND amount < 0 AS is_return,\n    {} AS is_weekend, second_of_day > 0 AS is_timed, second_of_day >= 64800 AS is_evening,\n    {} < {} AS is_early\n  FROM dated CROSS JOIN period\n),",
            self.db.is_weekend("day"),
            format_args!("2 * {}", self.db.days("period.first_day", "day")),
            self.db.days("period.first_day", "period.as_of"),
        );
        self.cleaned(&mut out);
        self.helpers(&mut out);
        self.select(&mut out);
        out
    }

    /// Columns of the lines by their roles.
    fn typed(&self) -> Vec<String> {
        let p = &self.of.places;
        let column = |c: usize| format!("t.{}", self.db.name(&self.of.names[c]));
        let text = |c: usize| format!("NULLIF(TRIM(CAST({} AS {})), '')", column(c), self.db.string());
        let double = |c: usize| format!("CAST({} AS {})", column(c), self.db.double());
        let maybe = |c: Option<usize>| c.map_or_else(|| format!("CAST(NULL AS {})", self.db.string()), text);
        let amount = match (p.amount, p.quantity, p.price) {
            (Some(a), ..) => double(a),
            (None, Some(q), Some(pr)) => format!("{} * {}", double(pr), double(q)),
            (None, Some(one), None) | (None, None, Some(one)) => double(one),
            (None, None, None) => format!("CAST(1 AS {})", self.db.double()),
        };
        let is_order = match p.event {
            None => "TRUE".to_owned(),
            Some(c) => {
                let events: Vec<String> = super::parse::purchase_events(&self.of.settings.purchase_events)
                    .iter()
                    .map(|e| self.db.text(e))
                    .collect();
                format!("COALESCE(LOWER({}) IN ({}), FALSE)", text(c), events.join(", "))
            }
        };
        let discounted = match p.discounts.as_slice() {
            [] => "FALSE".to_owned(),
            some => {
                let parts = some.iter().map(|&c| format!("COALESCE({}, 0) <> 0", double(c)));
                format!("({})", parts.collect::<Vec<_>>().join(" OR "))
            }
        };
        let price = p
            .price
            .map_or_else(|| format!("CAST(NULL AS {})", self.db.double()), double);
        vec![
            format!("{} AS customer", text(p.customer)),
            format!("CAST({} AS {}) AS moment", column(p.date), self.db.timestamp()),
            format!("{amount} AS amount"),
            format!("{price} AS price"),
            format!("{} AS order_name", maybe(p.order)),
            format!("{} AS product", maybe(p.product)),
            format!("{} AS category", maybe(p.category)),
            format!("{} AS channel", maybe(p.channel)),
            format!("{} AS event", maybe(p.event)),
            format!("{} AS currency", maybe(p.currency)),
            format!("{is_order} AS is_order"),
            format!("{discounted} AS is_discounted"),
        ]
    }

    /// Conditions for a line to be counted.
    fn wanted(&self) -> Vec<String> {
        let settings = &self.of.settings;
        let mut all = vec![
            "customer IS NOT NULL".to_owned(),
            "moment IS NOT NULL".to_owned(),
            "(amount IS NOT NULL OR NOT is_order)".to_owned(),
        ];
        for pattern in settings.exclude_products.iter().filter(|p| !p.trim().is_empty()) {
            all.push(format!(
                "(product IS NULL OR NOT {})",
                self.db.like("product", pattern)
            ));
        }
        if settings.drops(Drop::NegativePrices) {
            all.push("(price IS NULL OR price >= 0 OR NOT is_order)".to_owned());
        }
        if settings.drops(Drop::ZeroAmounts) {
            all.push("(amount <> 0 OR NOT is_order)".to_owned());
        }
        if let (Some(only), Some(_)) = (&settings.only_currency, self.of.places.currency) {
            let only = self.db.text(&only.to_lowercase());
            all.push(format!(
                "(currency IS NULL OR LOWER(currency) = {only} OR NOT is_order)"
            ));
        }
        if settings.as_of.is_some() {
            all.push(format!(
                "CAST(moment AS DATE) < DATE {}",
                self.db.text(&self.of.as_of)
            ));
        }
        all
    }

    /// The table `lines`, with what the settings drop left out.
    fn cleaned(&self, out: &mut String) {
        let settings = &self.of.settings;
        let pairs = settings.drops(Drop::Cancelled);
        let unmatched = settings.drops(Drop::UnmatchedReturns);
        let only = settings.drops(Drop::ReturnsOnly);
        let product = "COALESCE(product, '')";
        let mut conditions: Vec<&str> = Vec::new();
        if pairs {
            let _ = writeln!(
                out,
                "numbered AS (\n  SELECT *, ROW_NUMBER() OVER (PARTITION BY customer, {product}, ABS(amount), is_order, is_return ORDER BY moment, order_key) AS place\n  FROM marked\n),"
            );
        }
        let from = if pairs { "numbered" } else { "marked" };
        let other = |condition: &str| {
            format!(
                "MAX(CASE WHEN {condition} THEN moment END) OVER (PARTITION BY customer, {product}, ABS(amount), place)"
            )
        };
        let _ = writeln!(out, "doubtful AS (\n  SELECT *,");
        if pairs {
            let (bought, back) = (other("is_purchase"), other("is_return"));
            let _ = writeln!(
                out,
                "    is_order AND COALESCE({bought} <= {back}, FALSE) AS is_cancelled,"
            );
            conditions.push("NOT is_cancelled");
        }
        if unmatched {
            let first =
                format!("MIN(CASE WHEN is_purchase THEN moment END) OVER (PARTITION BY customer, {product})");
            let _ = writeln!(
                out,
                "    is_return AND COALESCE({first} > moment, TRUE) AS is_unmatched,"
            );
            conditions.push("NOT is_unmatched");
        }
        if only {
            conditions.push("(has_purchase = 1 OR NOT is_order)");
        }
        let _ = writeln!(
            out,
            "    MAX(CASE WHEN is_purchase THEN 1 ELSE 0 END) OVER (PARTITION BY customer) AS has_purchase\n  FROM {from}\n),"
        );
        let filter = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        let _ = writeln!(out, "lines AS (SELECT * FROM doubtful{filter}),");
    }

    /// Tables of one row per customer for what needs two steps.
    fn helpers(&self, out: &mut String) {
        let _ = writeln!(
            out,
            "order_days AS (SELECT customer, order_key, MIN(day) AS day FROM lines WHERE is_purchase GROUP BY customer, order_key),\ngaps AS (\n  SELECT customer, {} AS gap\n  FROM (SELECT customer, day, LAG(day) OVER (PARTITION BY customer ORDER BY day) AS previous_day FROM order_days) AS d\n  WHERE previous_day IS NOT NULL\n),",
            self.db.days("previous_day", "day")
        );
        let double = self.db.double();
        let _ = writeln!(
            out,
            "gap_summary AS (\n  SELECT customer,\n    AVG(CASE WHEN 2 * place BETWEEN n AND n + 2 THEN CAST(gap AS {double}) END) AS median_gap,\n    CASE WHEN COUNT(*) > 1 THEN STDDEV_POP(CAST(gap AS {double})) / NULLIF(AVG(CAST(gap AS {double})), 0) END AS gap_variation\n  FROM (\n    SELECT customer, gap, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY gap) AS place, COUNT(*) OVER (PARTITION BY customer) AS n FROM gaps\n  ) AS g\n  GROUP BY customer\n),"
        );
        if !self.of.holds.categories {
            let _ = writeln!(
                out,
                "categories AS (SELECT customer, 0 AS nothing FROM gap_summary WHERE 1 = 0)"
            );
            return;
        }
        let windows: Vec<Option<u32>> = self.windows();
        let mut inner = Vec::new();
        let mut outer = Vec::new();
        for window in windows {
            let name = window.map_or_else(|| "sum_all".to_owned(), |d| format!("sum_{d}d"));
            inner.push(format!(
                "SUM({}) AS {name}",
                self.case("is_purchase", window, "amount")
            ));
            outer.push(format!("MAX({name}) / NULLIF(SUM({name}), 0) AS top_{name}"));
        }
        let _ = writeln!(
            out,
            "categories AS (\n  SELECT customer, {}\n  FROM (SELECT customer, category, {} FROM lines WHERE category IS NOT NULL GROUP BY customer, category) AS c\n  GROUP BY customer\n)",
            outer.join(", "),
            inner.join(", ")
        );
    }

    fn windows(&self) -> Vec<Option<u32>> {
        std::iter::once(None)
            .chain(self.of.holds.windows.iter().copied().map(Some))
            .collect()
    }

    fn select(&self, out: &mut String) {
        let columns: Vec<String> = self
            .of
            .features
            .iter()
            .map(|f| format!("{} AS {}", self.expression(f), self.db.name(&f.name)))
            .collect();
        let _ = writeln!(
            out,
            "SELECT lines.customer AS customer_id,\n  {}\nFROM lines\nLEFT JOIN gap_summary ON gap_summary.customer = lines.customer\nLEFT JOIN categories ON categories.customer = lines.customer\nGROUP BY lines.customer\nORDER BY lines.customer;",
            columns.join(",\n  ")
        );
    }

    /// `CASE WHEN condition AND within the window THEN value END`.
    fn case(&self, condition: &str, window: Option<u32>, value: &str) -> String {
        match window {
            None => format!("CASE WHEN {condition} THEN {value} END"),
            Some(days) => {
                let from = self.db.plus_days("as_of", -i64::from(days));
                format!("CASE WHEN {condition} AND day >= {from} THEN {value} END")
            }
        }
    }

    /// The value of a feature over the lines of a customer; the counterpart of `Feature::value`.
    fn expression(&self, feature: &Feature) -> String {
        let w = feature.window;
        let double = self.db.double();
        let sum =
            |condition: &str, value: &str| format!("COALESCE(SUM({}), 0)", self.case(condition, w, value));
        let orders = |condition: &str| format!("COUNT(DISTINCT {})", self.case(condition, w, "order_key"));
        let number = |condition: &str| format!("COUNT({})", self.case(condition, w, "1"));
        let ratio = |part: String, whole: String| format!("CAST({part} AS {double}) / NULLIF({whole}, 0)");
        let spent = || sum("is_purchase", "amount");
        let event = |column: usize| format!("event = {}", self.db.text(&self.of.holds.events[column]));
        let since = |day: String| self.db.days(&day, "MAX(as_of)");
        match &feature.measure {
            Measure::Recency => since("MAX(CASE WHEN is_purchase THEN day END)".to_owned()),
            Measure::Tenure => since("MIN(CASE WHEN is_purchase THEN day END)".to_owned()),
            Measure::Frequency => orders("is_purchase"),
            Measure::Monetary => sum("is_order", "amount"),
            Measure::ReturnedShare => ratio(sum("is_return", "-amount"), spent()),
            Measure::AverageBasket => ratio(spent(), orders("is_purchase")),
            Measure::DaysBetweenOrders => "MAX(gap_summary.median_gap)".to_owned(),
            Measure::OrderGapVariation => "MAX(gap_summary.gap_variation)".to_owned(),
            Measure::DistinctProducts => {
                format!("COUNT(DISTINCT {})", self.case("is_purchase", w, "product"))
            }
            Measure::TopCategoryShare => w.map_or_else(
                || "MAX(categories.top_sum_all)".to_owned(),
                |d| format!("MAX(categories.top_sum_{d}d)"),
            ),
            Measure::ChannelShare(column) => {
                let channel = self.db.text(&self.of.holds.channels[*column]);
                ratio(
                    orders(&format!("is_purchase AND channel = {channel}")),
                    orders("is_purchase"),
                )
            }
            Measure::WeekendShare => ratio(orders("is_purchase AND is_weekend"), orders("is_purchase")),
            Measure::EveningShare => ratio(
                orders("is_purchase AND is_evening"),
                orders("is_purchase AND is_timed"),
            ),
            Measure::DiscountShare => ratio(number("is_purchase AND is_discounted"), number("is_purchase")),
            Measure::Trend => {
                let late = sum("is_purchase AND NOT is_early", "amount");
                let early = sum("is_purchase AND is_early", "amount");
                ratio(format!("({late} - {early})"), format!("({late} + {early})"))
            }
            Measure::EventCount(column) => number(&event(*column)),
            Measure::EventRecency(column) => since(format!("MAX(CASE WHEN {} THEN day END)", event(*column))),
            Measure::Engagement(points) => {
                let terms: Vec<String> = points
                    .iter()
                    .map(|&(column, points)| {
                        format!("CAST({points:?} AS {double}) * {}", number(&event(column)))
                    })
                    .collect();
                terms.join(" + ")
            }
        }
    }
}
