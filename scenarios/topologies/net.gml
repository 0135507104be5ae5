graph [
  node [
    id 0
    label "n1"
  ]
  node [
    id 1
    label "n2"
  ]
  node [
    id 2
    label "n3"
  ]
  node [
    id 3
    label "n4"
  ]
  node [
    id 4
    label "n5"
  ]
  node [
    id 5
    label "n6"
  ]
  edge [
    source 0
    target 1
    latency "20ms"
    weight 1.5
  ]
  edge [
    source 0
    target 4
    latency "200ms"
    weight 1.5
  ]
  edge [
    source 1
    target 2
    latency "30ms"
    weight 1.5
  ]
  edge [
    source 2
    target 3
    latency "40ms"
    weight 1.5
  ]
  edge [
    source 3
    target 4
    latency "15ms"
    weight 1.5
  ]
  edge [
    source 4
    target 5
    latency "5ms"
    weight 1.5
  ]
]
