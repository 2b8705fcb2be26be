//! What callers of the library rely on: results that go to other threads and into JSON, and runs that can be cancelled.

use kinfolk::generate::{Generate, generate};
use kinfolk::graph::{Similarity, knn_graph, similarity_graph};
use kinfolk::neighbors::{Neighbors, distinct, neighbors};
use kinfolk::read::parse_edges;
use kinfolk::segmentation::{
    NetworkCommunities, NetworkSettings, Prepared, Segmentation, Settings, Stage, communities, prepare,
    segment, unobserved,
};
use kinfolk::table::{EdgeSettings, Table};
use kinfolk::{Error, ErrorKind, Partition, SimilarityGraph};
use serde_json::Value;

fn shop() -> Table {
    let shape = Generate {
        customers: 300,
        segments: 3,
        ..Generate::default()
    };
    generate(&shape).expect("possible").to_table()
}

fn found(settings: &Settings) -> Segmentation {
    let prepared = prepare(&shop(), &settings.features).expect("a table");
    segment(prepared, settings, &mut unobserved).expect("segments")
}

#[test]
fn results_and_errors_go_to_other_threads() {
    fn both<T: Send + Sync>() {}
    both::<Table>();
    both::<Prepared>();
    both::<Partition>();
    both::<SimilarityGraph>();
    both::<Segmentation>();
    both::<NetworkCommunities>();
    both::<Error>();
}

#[test]
fn results_become_json_with_the_names_of_their_fields() {
    let found = found(&Settings::default());
    let json = |value: serde_json::Result<Value>| value.expect("JSON");
    let partition = json(serde_json::to_value(&found.partition));
    assert_eq!(partition.as_array().map(Vec::len), Some(300));
    let back: Partition = serde_json::from_value(partition).expect("labels");
    assert_eq!(back, found.partition);
    let positions = json(serde_json::to_value(&found.positions));
    assert_eq!(
        positions["bridge_score"][7].as_f64(),
        Some(found.positions.bridge_score[7])
    );
    let profiles = json(serde_json::to_value(&found.profiles));
    assert_eq!(
        profiles["rows"][0]["column"].as_str(),
        Some(found.profiles.rows[0].column.as_str())
    );
    let scales = json(serde_json::to_value(&found.scales));
    assert_eq!(
        scales["levels"].as_array().map(Vec::len),
        found.scales.map(|s| s.levels.len())
    );
}

#[test]
fn a_graph_of_points_is_that_of_the_separate_steps() {
    let prepared = prepare(&shop(), &Settings::default().features).expect("a table");
    let points = prepared.features.values.view();
    let each = distinct(points);
    let settings = Neighbors {
        n_neighbors: 10,
        ..Neighbors::default()
    };
    let distance = kinfolk::features::Distance::Euclidean;
    let lists = neighbors(each.rows(points).view(), distance, &settings).expect("finite");
    let graph = knn_graph(points, 10).expect("finite");
    assert_eq!(graph, similarity_graph(&lists, &each, Similarity::Jaccard));
    assert_eq!(knn_graph(points, 0).map_err(|e| e.kind()), Err(ErrorKind::Usage));
}

#[test]
fn whoever_watches_may_end_a_run_before_any_stage() {
    let settings = Settings::default();
    let mut begun = Vec::new();
    let prepared = prepare(&shop(), &settings.features).expect("a table");
    segment(prepared.clone(), &settings, &mut |stage| {
        begun.push(stage);
        Ok(())
    })
    .expect("segments");
    assert_eq!(begun.first(), Some(&Stage::Neighbors));
    for &last in &begun {
        let ended = segment(prepared.clone(), &settings, &mut |stage| {
            if stage == last {
                Err(Error::interrupted("enough"))
            } else {
                Ok(())
            }
        });
        let error = ended.expect_err("ended");
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Interrupted, "enough")
        );
    }
    let edges = parse_edges("e", b"a,b\nb,c\na,c\n".to_vec(), &EdgeSettings::default()).expect("edges");
    let ended = communities(edges, &NetworkSettings::default(), &mut |_| {
        Err(Error::interrupted("at once"))
    });
    assert_eq!(ended.err().map(|e| e.to_string()).as_deref(), Some("at once"));
}
