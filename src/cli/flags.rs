//! The flag of each setting: the library speaks of fields, and the program says which flag to try.

use crate::table::Table;
use crate::{Error, Setting, Warning};

/// The flag.
fn flag(setting: Setting) -> &'static str {
    match setting {
        Setting::Amount => "--amount",
        Setting::AsOf => "--as-of",
        Setting::Betweenness => "--betweenness",
        Setting::Bridges => "--bridges",
        Setting::Category => "--category",
        Setting::Channel => "--channel",
        Setting::Codes => "--code",
        Setting::Currency => "--currency",
        Setting::Customer => "--customer",
        Setting::Customers => "--customers",
        Setting::Date => "--date",
        Setting::DayFirst => "--day-first",
        Setting::DbscanEpsilon => "--dbscan-epsilon",
        Setting::DbscanMinNeighbors => "--dbscan-min-neighbors",
        Setting::Decimal => "--decimal",
        Setting::Discount => "--discount",
        Setting::Drop => "--drop",
        Setting::Encoding => "--encoding",
        Setting::Engagement => "--engagement",
        Setting::Event => "--event",
        Setting::ExcludeProducts => "--exclude-products",
        Setting::Features => "--features",
        Setting::Force => "--force",
        Setting::HdbscanMinClusterSize => "--hdbscan-min-cluster-size",
        Setting::Id => "--id",
        Setting::Ignore => "--ignore",
        Setting::Label => "--label",
        Setting::Layout => "--layout",
        Setting::LinesPerOrder => "--lines-per-order",
        Setting::MaxSegments => "--max-segments",
        Setting::Memory => "--memory",
        Setting::Metric => "--metric",
        Setting::Missing => "--missing",
        Setting::MixedCurrencies => "--mixed-currencies",
        Setting::Neighbors => "--neighbors",
        Setting::NodesId => "--nodes-id",
        Setting::NoiseColumns => "--noise-columns",
        Setting::Novelty => "--novelty",
        Setting::OnlyCurrency => "--only-currency",
        Setting::Order => "--order",
        Setting::Output => "--output",
        Setting::Price => "--price",
        Setting::Product => "--product",
        Setting::Project => "--project",
        Setting::Quantity => "--quantity",
        Setting::Resolution => "--resolution",
        Setting::Scale => "--scale",
        Setting::Search => "--search",
        Setting::Segments => "--segments",
        Setting::Separator => "--separator",
        Setting::Separation => "--separation",
        Setting::Sql => "--sql",
        Setting::Trials => "--trials",
        Setting::Truth => "--truth",
        Setting::Types => "--type",
        Setting::UtcOffset => "--utc-offset",
        Setting::Value => "--value",
        Setting::Weights => "--weight",
    }
}

/// An error of the library in the words of the program.
pub(super) fn of_error(error: Error) -> Error {
    error.named_by(&flag)
}

/// Warnings in the words of the program.
pub(super) fn of_warnings(warnings: &mut [Warning]) {
    for warning in warnings {
        warning.message = warning.message.named_by(&flag);
    }
}

/// What was said about a table in the words of the program, before anything else is made of it.
pub(super) fn of_table(table: &mut Table) {
    of_warnings(&mut table.warnings);
    for column in &mut table.columns {
        column.note = column.note.named_by(&flag);
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::Cli;
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_setting_has_a_flag_that_is_there() {
        let program = Cli::command();
        for &setting in Setting::ALL {
            let name = flag(setting).strip_prefix("--").expect("two dashes");
            let is_there = program
                .get_subcommands()
                .any(|c| c.get_arguments().any(|a| a.get_long() == Some(name)));
            assert!(is_there, "{setting:?}: --{name}");
        }
    }
}
